import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");

/** The code blocks of one language, in order. */
function blocks(language: string): string[] {
  const found = readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"));
  return [...found].map((match) => match[1] ?? "");
}

function run(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}

describe("README.md", () => {
  const [output, explained] = blocks("text");

  test("the printed output is what `npm start` prints", () => {
    expect(run("examples/ibm-2007/run.mjs")).toBe(output);
  });

  test("the explained account is what `plimsoll explain` prints", () => {
    const snapshot = "examples/ibm-2007/snapshot.json";
    expect(run("dist/cli/main.js", "explain", snapshot, "--account", "3-covered-call")).toBe(explained);
  });

  test("the library program runs as it stands", () => {
    const [program] = blocks("js");
    mkdirSync(`${root}build`, { recursive: true });
    writeFileSync(`${root}build/readme-program.mjs`, program ?? "");
    const lines = run("build/readme-program.mjs").trimEnd().split("\n");
    expect(lines).toHaveLength(9);
    expect(lines.at(-1)).toBe("9-long-straddle complete 7500 +3 %");
  });
});
