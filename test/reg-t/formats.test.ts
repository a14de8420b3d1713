import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { readSnapshotFile } from "../../src/index.js";
import { sqlText, withDuckDB } from "../../src/tables/duckdb.js";
import { plimsoll, scratch } from "../cli/run.js";

const example = "examples/ibm-2007/snapshot.json";
const { path } = scratch();
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

type Row = Record<string, unknown>;

function compared(...args: string[]): string {
  const { code, out, err } = plimsoll("margin", example, "--compare", "reg-t", ...args);
  expect([code, err]).toEqual([0, ""]);
  return out;
}

async function parquetRows(file: string): Promise<Row[]> {
  let rows: Row[] = [];
  await withDuckDB(async (connection) => {
    const read = await connection.runAndReadAll(`select * from read_parquet(${sqlText(file)})`);
    rows = read.getRowObjects();
  });
  return rows;
}

describe("margin --compare reg-t", () => {
  test("every format of margin has both figures, and the same ones", async () => {
    const { accounts } = await engine.compareRegT(readSnapshotFile(example));
    const expected = accounts.map(({ account, requirementUsd, regT }) => ({
      account,
      requirement: requirementUsd,
      reg_t_initial: regT?.initialUsd,
      reg_t_maintenance: regT?.maintenanceUsd,
    }));
    expect(expected[0]).toMatchObject({ requirement: 115_422.83, reg_t_maintenance: 189_560 });
    const ndjson = compared("--format", "ndjson").trim().split("\n");
    expect(ndjson.map((line) => JSON.parse(line) as Row)).toMatchObject(expected);
    compared("--format", "arrow", "--out", path("both.arrow"));
    const arrow = tableFromIPC(readFileSync(path("both.arrow"))).toArray();
    expect(arrow.map((row) => (row as { toJSON: () => Row }).toJSON())).toMatchObject(expected);
    compared("--format", "parquet", "--out", path("both.parquet"));
    expect(await parquetRows(path("both.parquet"))).toMatchObject(expected);
  });

  test("has a receipt, which holds", () => {
    compared("--receipt", path("receipt.json"), "--json");
    expect(plimsoll("verify", path("receipt.json")).code).toBe(0);
  });
});
