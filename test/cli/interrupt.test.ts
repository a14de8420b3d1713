import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { plimsoll, root, scratch } from "./run.js";

const { path, put } = scratch();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What every script begins with. `busy` keeps the main thread until the signal has been sent. */
const head = `
  import { existsSync, writeFileSync, writeSync } from "node:fs";
  const [out, sent] = process.argv.slice(1);
  const ready = () => writeSync(1, "ready");
  const busy = () => {
    ready();
    while (!existsSync(sent)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  };
  const forever = () => new Promise(() => setInterval(() => null, 1000));
  const wrong = () => writeSync(1, " and went on");
`;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Runs a script of the built program, and interrupts it when it says that it is ready. */
async function interrupted(script: string, signal: NodeJS.Signals, out: string): Promise<Ended> {
  const sent = `${out}.sent`;
  const words = ["--input-type=module", "-e", head + script, out, sent];
  const child = spawn(process.execPath, words, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const said: string[] = [];
  child.stdout.on("data", (data: Buffer) => {
    if (said.push(data.toString()) > 1) return;
    child.kill(signal);
    put(basename(sent), "");
  });
  return new Promise((resolve) => {
    child.on("close", (code, by) => resolve({ code, signal: by, said: said.join("") }));
  });
}

function left(out: string): string[] {
  return readdirSync(dirname(out)).filter(
    (name) => name.startsWith(basename(out)) && !name.endsWith(".sent"),
  );
}

describe.each(signals)("%s", (signal) => {
  test("while a file is written: it is gone, and the program ends by the signal", async () => {
    const out = path(`${signal}.parquet`);
    const script = `
      import { writeWhole } from "./dist/cli/output.js";
      await writeWhole(out, async (temporary) => { writeFileSync(temporary, "half"); ready(); await forever(); });
      wrong();`;
    expect(await interrupted(script, signal, out)).toEqual({ code: null, signal, said: "ready" });
    expect(left(out)).toEqual([]);
  });

  test("while the main thread is busy with one piece: it is heard after it", async () => {
    const out = path(`${signal}.json`);
    const script = `
      import { orUndoneAtOnce } from "./dist/cli/interrupt.js";
      orUndoneAtOnce(() => writeFileSync(out, "undone"), () => { writeFileSync(out, "whole"); busy(); });
      setTimeout(wrong, 100);`;
    expect(await interrupted(script, signal, out)).toEqual({ code: null, signal, said: "ready" });
    expect(readFileSync(out, "utf8")).toBe("whole");
  });

  test("after a file was written nothing of it is kept: the signal ends the program as any", async () => {
    const out = path(`${signal}.csv`);
    const script = `
      import { writeWhole } from "./dist/cli/output.js";
      await writeWhole(out, (temporary) => writeFileSync(temporary, "whole"));
      setTimeout(() => { if (process.listenerCount("${signal}") > 0) wrong(); busy(); wrong(); }, 20);`;
    expect(await interrupted(script, signal, out)).toMatchObject({ code: null, signal, said: "ready" });
    expect(left(out)).toEqual([`${signal}.csv`]);
  });
});

describe("while a run is stored", () => {
  const snapshot = "examples/ibm-2007/snapshot.json";
  /** Stores a run whose totals come only after the signal. */
  const script = `
    import { readFileSync } from "node:fs";
    import { columnsOfTrees } from "./dist/books/tree-columns.js";
    import { storeResult } from "./dist/cli/store.js";
    import { loadEngine } from "./dist/engine.js";
    const tables = JSON.parse(readFileSync("${snapshot}", "utf8"));
    const book = columnsOfTrees((await loadEngine()).margin(tables));
    const { totals } = book;`;
  const slow = `
    const late = { ...book };
    Object.defineProperty(late, "totals", { get: () => { busy(); return totals; } });
    await storeResult(out, late, {});
    wrong();`;

  test("a new store is gone", async () => {
    const out = path("new.duckdb");
    expect(await interrupted(script + slow, "SIGINT", out)).toMatchObject({
      signal: "SIGINT",
      said: "ready",
    });
    expect(left(out)).toEqual([]);
  });

  test("one that was there is as it was", async () => {
    const out = path("old.duckdb");
    plimsoll("margin", snapshot, "--dividend-model", "escrowed", "--json", "--store", out);
    const before = readFileSync(out);
    expect(await interrupted(script + slow, "SIGINT", out)).toMatchObject({
      signal: "SIGINT",
      said: "ready",
    });
    expect(left(out)).toEqual(["old.duckdb"]);
    expect(readFileSync(out).equals(before)).toBe(true);
  });
});
