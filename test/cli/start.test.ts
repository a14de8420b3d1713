import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, scratch } from "./run.js";

const main = join(root, "dist/cli/main.js");
const words = ["margin", join(root, "examples/ibm-2007/snapshot.json")];

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}

const { put } = scratch();

test("V8 takes what the build kept of every file that a margin run loads", () => {
  const program = put(
    "states.cjs",
    `process.stdout.write = () => true;
    const { scripts } = require(${JSON.stringify(main)});
    process.on("exit", () => {
      const states = [...scripts].map(([name, { cachedDataRejected }]) => [name, cachedDataRejected ?? null]);
      require("node:fs").writeSync(1, JSON.stringify(states));
    });`,
  );
  const states = JSON.parse(node(program, ...words)) as [string, boolean | null][];
  expect(states.length).toBeGreaterThan(10);
  expect(states.filter(([, isRefused]) => isRefused !== false)).toEqual([]);
});

test("the command says the same where V8 refuses what was kept, as under other flags", () => {
  expect(node("--stack-size=900", main, ...words)).toBe(node(main, ...words));
});
