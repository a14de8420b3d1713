import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const run = (...command: string[]) =>
  spawnSync(process.execPath, [path("conformance/run.mjs"), ...command], { encoding: "utf8" });

test("every conformance case holds for the built command", () => {
  const { status, stdout } = run(process.execPath, path("dist/cli/main.js"));
  expect(stdout).not.toContain("FAILS");
  expect(stdout.match(/^holds /gmu)).toHaveLength(3);
  expect(status).toBe(0);
});

test("a command that writes no receipt fails every case", () => {
  const { status, stdout } = run(process.execPath, "--eval", "0");
  expect(stdout.match(/^FAILS /gmu)).toHaveLength(3);
  expect(status).toBe(1);
});

test("no command is wrong use", () => {
  expect(run().status).toBe(2);
});
