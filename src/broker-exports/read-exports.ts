import { type Failure, failure, MarginError } from "../basics/failure.js";
import { formatDay } from "../basics/dates.js";
import { type AccountLabels, accountHider, accountLabels } from "./account-labels.js";
import { ExportCollector, type Refused, type StatedTime } from "./collector.js";
import { readEtrade } from "./etrade.js";
import { type ExportFile, type ExportReader, readExportFile } from "./export-file.js";
import { readFidelity } from "./fidelity.js";
import { type BrokerFormat, likelyFormat } from "./formats.js";
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

/** A row with a holding that was refused, as others may see it. */
export type ShownRefusal = Pick<Refused, "line" | "shown"> & {
  readonly file: string;
  readonly account: string;
};

/** Exports of one run. */
export interface ExportsRead {
  readonly exports: readonly ReadExport[];
  /** Label of every account as the files write it. */
  readonly labels: ReadonlyMap<string, string>;
  readonly reports: readonly ExportReport[];
  readonly refused: readonly ShownRefusal[];
  /** Holdings that could not be used, accounts by their labels. */
  readonly failures: readonly Failure[];
}

/**
 * Reads exports of one broker. What cannot be used is in `failures`; what is no holding is in the report.
 *
 * @throws MarginError where files are no such export, each of them listed: `EXPORT_HEADER`, `EXPORT_SYNTAX`, `TABLE_COLUMN_DUPLICATE`, `FILE_…`;
 *   where none of them has a holding or money: `FILE_EMPTY`.
 */
export function readExports(
  files: readonly string[],
  format: BrokerFormat,
  labelKind: AccountLabels = "last",
): ExportsRead {
  const exports: ReadExport[] = [];
  const fatal: Failure[] = [];
  for (const name of files) {
    try {
      exports.push(readExport(name, format));
    } catch (error) {
      if (!(error instanceof MarginError)) throw error;
      fatal.push(...error.failures);
    }
  }
  if (fatal.length > 0) throw new MarginError(fatal);
  refuseNothing(exports);
  const named = exports.flatMap(({ out }) => [...out.accounts]).filter((account) => account !== format);
  const labels = new Map([...accountLabels(named, labelKind), [format, format]]);
  const names = { labels, hide: accountHider(labels) };
  return {
    exports,
    labels,
    reports: exports.map(({ out }) => reportOf(out, names)),
    refused: exports.flatMap(({ out }) =>
      out.refused.map(({ line, account, shown }) => ({
        file: out.file,
        line,
        shown: names.hide(shown),
        account: labels.get(account) ?? account,
      })),
    ),
    failures: exports.flatMap(({ out }, i) => [
      ...repeatedAccounts(exports.slice(0, i), out, labels),
      ...refusals(out, names),
    ]),
  };
}

/** How accounts are shown: their labels, and texts without their numbers. */
interface Names {
  readonly labels: ReadonlyMap<string, string>;
  readonly hide: (text: string) => string;
}

function readExport(name: string, format: BrokerFormat): ReadExport {
  const file = readExportFile(name);
  const out = new ExportCollector(name, format);
  readWith(readers[format], file, out);
  return { out, bytes: file.bytes };
}

/** A file of another kind is refused with the kind that it begins like, if any. */
function readWith(read: ExportReader, file: ExportFile, out: ExportCollector): void {
  try {
    read(file, out);
  } catch (error) {
    if (!(error instanceof MarginError) || error.code !== "EXPORT_HEADER") throw error;
    const likely = likelyFormat(file.text);
    if (likely === null || likely === out.format) throw error;
    throw new MarginError(
      error.failures.map((item) => ({
        ...item,
        expected: `${item.expected}; the file begins like the export ${likely}`,
      })),
    );
  }
}

/** An export holds the whole of an account: a second one of it would count everything twice. */
function repeatedAccounts(
  before: readonly ReadExport[],
  out: ExportCollector,
  labels: ReadonlyMap<string, string>,
): Failure[] {
  return [...out.accounts].flatMap((account) => {
    const first = before.find((each) => each.out.accounts.has(account));
    const label = labels.get(account) ?? account;
    const expected = `an account in one export; ${first?.out.file} has it too`;
    return first === undefined
      ? []
      : [failure("ROW_DUPLICATE", { file: out.file, value: label, expected, account: label })];
  });
}

function refusals(out: ExportCollector, { labels, hide }: Names): Failure[] {
  return out.refused.map(({ line, account, code, column, value, expected }) =>
    failure(code, {
      file: out.file,
      line,
      column,
      value: hide(value),
      expected: hide(expected),
      account: labels.get(account) ?? account,
    }),
  );
}

function refuseNothing(exports: readonly ReadExport[]): void {
  const isEmpty = ({ out }: ReadExport): boolean =>
    out.holdings.length + out.refused.length + out.cash.length === 0;
  if (!exports.every(isEmpty)) return;
  const expected = "a holding or an amount of cash; the headers were found, nothing below them";
  const file = exports[0]?.out.file ?? null;
  throw new MarginError([failure("FILE_EMPTY", { file, value: file, expected })]);
}

function reportOf(out: ExportCollector, { labels, hide }: Names): ExportReport {
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
    unknownSymbols: [...out.unknownSymbols].map(hide).toSorted(),
    cash: out.cash.map((found) => ({ ...found, account: label(found.account), name: hide(found.name) })),
    crossChecked: { agree, withinRounding, untold },
    // No column's name has so many digits; one that does has run into another cell.
    unusedColumns: [...out.unusedColumns].map((name) => name.replaceAll(/\d{6,}/g, "…")),
    notes: [...out.notes].map(hide),
  };
}

function asOfOf(stated: StatedTime | null): string | null {
  if (stated === null || stated.day === null || stated.newYorkTime === null) return null;
  return `${formatDay(stated.day)}T${stated.newYorkTime}[America/New_York]`;
}
