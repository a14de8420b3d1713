import { spawn } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, test } from "vitest";
import { plimsoll, root, scratch } from "./run.js";

const { path, put } = scratch();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

beforeAll(async () => {
  const bundle = await rolldown({
    input: join(root, "test/cli/interrupted-program.ts"),
    platform: "node",
    external: [/^node:/, "@duckdb/node-api", "@duckdb/node-bindings", "apache-arrow"],
  });
  await bundle.write({ file: path("program.mjs"), format: "esm", codeSplitting: false });
  await bundle.close();
  symlinkSync(join(root, "node_modules"), path("node_modules"), "junction");
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Sets the program to a task, and interrupts it when it says that it is ready. */
async function interrupted(task: string, signal: NodeJS.Signals, out: string, given = ""): Promise<Ended> {
  const sent = `${out}.sent`;
  const child = spawn(process.execPath, [path("program.mjs"), task, out, sent, given], {
    stdio: ["ignore", "pipe", "inherit"],
  });
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

/** Files beside one that is written, and it. */
function left(out: string): string[] {
  return readdirSync(dirname(out)).filter(
    (name) => name.startsWith(basename(out)) && !name.endsWith(".sent"),
  );
}

describe.each(signals)("%s", (signal) => {
  const ended = { code: null, signal, said: "ready" };

  test("while a file is written: it is gone, and the program ends by the signal", async () => {
    const out = path(`${signal}.parquet`);
    expect(await interrupted("write for ever", signal, out)).toEqual(ended);
    expect(left(out)).toEqual([]);
  });

  test("while the main thread is busy with one piece: it is heard after it", async () => {
    const out = path(`${signal}.json`);
    expect(await interrupted("write at once", signal, out)).toEqual(ended);
    expect(readFileSync(out, "utf8")).toBe("whole");
  });

  test("where nothing is to be undone any more: at once", async () => {
    const out = path(`${signal}.csv`);
    expect(await interrupted("be busy after writing", signal, out)).toEqual(ended);
    expect(left(out)).toEqual([`${signal}.csv`]);
  });
});

describe("while a run is stored", () => {
  const snapshot = "examples/ibm-2007/snapshot.json";
  const given = (): string => put("result.json", plimsoll("margin", snapshot, "--json").out);

  test("a new store is gone", async () => {
    const out = path("new.duckdb");
    expect(await interrupted("store", "SIGINT", out, given())).toMatchObject({
      said: "ready",
      signal: "SIGINT",
    });
    expect(left(out)).toEqual([]);
  });

  test("one that was there is as it was", async () => {
    const out = path("old.duckdb");
    plimsoll("margin", snapshot, "--dividend-model", "escrowed", "--json", "--store", out);
    const before = readFileSync(out);
    expect(await interrupted("store", "SIGTERM", out, given())).toMatchObject({
      said: "ready",
      signal: "SIGTERM",
    });
    expect(left(out)).toEqual(["old.duckdb"]);
    expect(readFileSync(out).equals(before)).toBe(true);
  });
});
