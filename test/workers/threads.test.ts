import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { plimsoll, root, scratch } from "../cli/run.js";
import { snapshot } from "./snapshot.js";

const { put } = scratch();

test("plimsoll margin writes the same bytes for any number of threads", () => {
  const file = put("book.json", JSON.stringify(snapshot()));
  const one = plimsoll("margin", file, "--json");
  expect(one.code).toBe(0);
  for (const threads of ["1", "2", "3", "8"])
    expect(plimsoll("margin", file, "--json", "--threads", threads)).toEqual(one);
});

test.each(["0", "-1", "1.5", "65", "many", ""])("--threads %s is wrong use", (threads) => {
  const { code, err } = plimsoll("margin", "no.json", "--threads", threads);
  expect(code).toBe(2);
  expect(err).toMatch(/whole number from 1 to 64/);
});

test("idle workers do not keep a program alive that forgets to close its engine", () => {
  const file = put("program.json", JSON.stringify(snapshot()));
  const program = `
    const { loadEngine, readSnapshotFile } = await import("./dist/index.js");
    const engine = await loadEngine({ threads: 2 });
    const { accounts } = await engine.marginOnThreads(readSnapshotFile(${JSON.stringify(file)}));
    console.log(accounts.length);`;
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
  });
  expect([run.status, run.stdout.trim(), run.stderr]).toEqual([0, "7", ""]);
});
