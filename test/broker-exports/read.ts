import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ExportedTables, exportedTables } from "../../src/broker-exports/export-tables.js";
import type { BrokerFormat } from "../../src/broker-exports/formats.js";
import { type ExportsRead, readExports } from "../../src/broker-exports/read-exports.js";
import type { ExportReport } from "../../src/broker-exports/report.js";

/** Exports as brokers make them, outside the repository; tests that read them skip where they are absent. */
export const samples = fileURLToPath(new URL("../../../shared/data/broker-exports", import.meta.url));

export interface Read {
  readonly read: ExportsRead;
  readonly report: ExportReport;
  readonly tables: ExportedTables;
  /** `account symbol quantity price` of every position, in their order. */
  readonly positions: readonly string[];
  /** `code line column value` of every failure. */
  readonly failures: readonly string[];
}

/** Reads an export given as text. */
export function readText(format: BrokerFormat, ...texts: readonly (string | Buffer)[]): Read {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-export-"));
  try {
    const files = texts.map((text, i) => {
      const file = join(folder, `export-${i + 1}.txt`);
      writeFileSync(file, text);
      return file;
    });
    return readFiles(format, ...files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function readFiles(format: BrokerFormat, ...files: readonly string[]): Read {
  const read = readExports(files, format);
  const tables = exportedTables(read);
  const [report] = read.reports;
  if (report === undefined) throw new Error("no report");
  return {
    read,
    report,
    tables,
    positions: tables.positions.map(({ cells }) =>
      [cells["account"], cells["symbol"], cells["quantity"] ?? "none", cells["price"] ?? "-"].join(" | "),
    ),
    failures: tables.failures.map(({ code, line, column, value }) => [code, line, column, value].join(" | ")),
  };
}
