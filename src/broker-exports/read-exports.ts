import { type Failure, failure, MarginError } from "../basics/failure.js";
import { formatDay } from "../basics/dates.js";
import { type AccountLabels, accountLabels } from "./account-labels.js";
import { ExportCollector, type StatedTime } from "./collector.js";
import { readEtrade } from "./etrade.js";
import { type ExportReader, readExportFile } from "./export-file.js";
import { readFidelity } from "./fidelity.js";
import type { BrokerFormat } from "./formats.js";
import { readIbkrActivity } from "./ibkr-activity.js";
import { readIbkrFlex } from "./ibkr-flex.js";
import { readOptionnetExplorer } from "./optionnet-explorer.js";
import type { ExportReport } from "./report.js";
import { readSchwab } from "./schwab.js";
import { readTastytrade } from "./tastytrade.js";
import { readThinkorswim } from "./thinkorswim.js";

const readers: { readonly [format in BrokerFormat]: ExportReader } = {
  "ibkr-activity": readIbkrActivity,
  "ibkr-flex": readIbkrFlex,
  thinkorswim: readThinkorswim,
  schwab: readSchwab,
  fidelity: readFidelity,
  etrade: readEtrade,
  tastytrade: readTastytrade,
  "optionnet-explorer": readOptionnetExplorer,
};

/** One export as its reader left it; accounts are as the file writes them. */
export interface ReadExport {
  readonly out: ExportCollector;
  readonly bytes: Buffer;
}

/** Exports of one run. */
export interface ExportsRead {
  readonly exports: readonly ReadExport[];
  /** Label of every account as the files write it. */
  readonly labels: ReadonlyMap<string, string>;
  readonly reports: readonly ExportReport[];
  /** Holdings that could not be used, accounts by their labels. */
  readonly failures: readonly Failure[];
}

/**
 * Reads exports of one broker. What cannot be used is in `failures`; what is no holding is in the report.
 *
 * @throws MarginError where a file is no such export: `EXPORT_HEADER`, `EXPORT_SYNTAX`, `TABLE_COLUMN_DUPLICATE`, `FILE_…`;
 *   where none of them has a holding or money: `FILE_EMPTY`.
 */
export function readExports(
  files: readonly string[],
  format: BrokerFormat,
  labelKind: AccountLabels = "last",
): ExportsRead {
  const exports = files.map((name) => {
    const file = readExportFile(name);
    const out = new ExportCollector(name, format);
    readers[format](file, out);
    return { out, bytes: file.bytes };
  });
  refuseNothing(exports);
  const labels = accountLabels(
    exports.flatMap(({ out }) => [...out.accounts]),
    labelKind,
  );
  return {
    exports,
    labels,
    reports: exports.map(({ out }) => reportOf(out, labels)),
    failures: exports.flatMap(({ out }) =>
      out.refused.map((row) => ({ ...row.failure, account: labels.get(row.account) ?? row.account })),
    ),
  };
}

function refuseNothing(exports: readonly ReadExport[]): void {
  const isEmpty = ({ out }: ReadExport): boolean =>
    out.holdings.length + out.refused.length + out.cash.length === 0;
  if (!exports.every(isEmpty)) return;
  const expected = "a holding or an amount of cash; the headers were found, nothing below them";
  const file = exports[0]?.out.file ?? null;
  throw new MarginError([failure("FILE_EMPTY", { file, value: file, expected })]);
}

function reportOf(out: ExportCollector, labels: ReadonlyMap<string, string>): ExportReport {
  const label = (account: string): string => labels.get(account) ?? account;
  const { agree, withinRounding, untold } = out.checked;
  return {
    file: out.file,
    format: out.format,
    stated: out.stated?.text ?? null,
    asOf: asOfOf(out.stated),
    accounts: [...out.accounts].map(label).toSorted(),
    rowsUsed: out.holdings.length,
    rowsRefused: out.refused.length,
    skipped: [...out.skipped].map(([reason, lines]) => ({ reason, lines })),
    unknownSymbols: [...out.unknownSymbols].toSorted(),
    cash: out.cash.map((found) => ({ ...found, account: label(found.account) })),
    crossChecked: { agree, withinRounding, untold },
    unusedColumns: [...out.unusedColumns],
    notes: out.notes,
  };
}

function asOfOf(stated: StatedTime | null): string | null {
  if (stated === null || stated.day === null || stated.newYorkTime === null) return null;
  return `${formatDay(stated.day)}T${stated.newYorkTime}[America/New_York]`;
}
