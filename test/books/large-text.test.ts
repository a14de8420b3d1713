import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { engineAndFolder, expectAsTrees } from "./book-files.js";

const used = engineAndFolder();

/** DuckDB hands out text in pieces of 8 MB: several threads read these. */
const rowCount = 350_000;
const leastBytes = 30e6;

/** What is written instead of a good row, by 1-based line, and the code it gives in a file of each kind. */
const spoilt = new Map([
  [2, { row: ["A2", "AAA", "x"], csv: "CELL_TYPE", ndjson: "CELL_TYPE" }],
  [99_999, { row: ["A2", "NOSUCH", "1"], csv: "UNDERLYING_UNKNOWN", ndjson: "UNDERLYING_UNKNOWN" }],
  [100_000, { row: ["A3", "AAA", "1e400"], csv: "CELL_NOT_FINITE", ndjson: "CELL_NOT_FINITE" }],
  [150_001, { row: ["A4", "AAA", "0.00000001"], csv: "QUANTITY_FRACTIONAL", ndjson: "QUANTITY_FRACTIONAL" }],
  [200_000, { row: ["", "AAA", "1"], csv: "CELL_MISSING", ndjson: "CELL_MISSING" }],
  [340_000, { row: ["A6", "AAA"], csv: "CSV_SYNTAX", ndjson: "JSON_SYNTAX" }],
]);

const note = "n".repeat(80);

function rowAt(line: number): readonly string[] {
  const k = line % 997;
  return spoilt.get(line)?.row ?? [`A${k % 40}`, k % 3 === 0 ? "AAA" : "BBB", String((k % 19) - 9 || 1)];
}

function csvLine(line: number): string {
  return [...rowAt(line), note.slice(line % 7)].join(",");
}

function ndjsonLine(line: number): string {
  const [account, symbol, quantity] = rowAt(line);
  const number = quantity === "x" ? '"x"' : quantity;
  return `{"account":"${account}","symbol":"${symbol}","quantity":${number},"desk":"${note.slice(line % 7)}"}`;
}

function textOf(ending: "csv" | "ndjson"): string {
  const lines = Array.from({ length: rowCount }, (_, k) =>
    ending === "csv" ? csvLine(k + 2) : ndjsonLine(k + 1),
  );
  return [...(ending === "csv" ? ["account,symbol,quantity,desk"] : []), ...lines].join("\n");
}

describe("bad rows of a file that several threads read are named by their lines", () => {
  test.each(["csv", "ndjson"] as const)("%s", { timeout: 300_000 }, async (ending) => {
    const text = textOf(ending);
    expect(text.length).toBeGreaterThan(leastBytes);
    const file = join(used.folder.path, `positions.${ending}`);
    writeFileSync(file, text);
    const underlyings = await used.folder.write("underlyings.parquet", {
      columns: { symbol: "varchar", price: "double" },
      rows: [
        ["AAA", 100],
        ["BBB", 50],
      ],
    });
    const files = { positions: [file], underlyings: [underlyings], asOf: "2026-11-20T16:00:00-05:00" };
    const { book } = await expectAsTrees(used.engine, files);
    const found = book.failures.filter(({ line, code }) => line !== null && code !== "TABLE_COLUMN_UNKNOWN");
    const byLine = found.map(({ line, code }) => [line, code]).toSorted(([a], [b]) => Number(a) - Number(b));
    expect(byLine).toEqual([...spoilt].map(([line, codes]) => [line, codes[ending]]));
  });
});
