import type { ExportReport } from "../broker-exports/report.js";

/** What was read from each export and what was passed over, a block a file; accounts by their labels. */
export function exportReportText(reports: readonly ExportReport[]): string {
  return reports.map(blockOf).join("");
}

function blockOf(report: ExportReport): string {
  const { agree, withinRounding, untold } = report.crossChecked;
  const lines = [
    `${report.file} (${report.format})`,
    `  date       ${report.stated ?? "not stated"}${report.asOf === null ? "" : `, as of ${report.asOf}`}`,
    `  accounts   ${report.accounts.join(", ") || "none"}`,
    `  holdings   ${report.rowsUsed} used, ${report.rowsRefused} refused`,
    `  checked    ${agree} agree with their value, ${withinRounding} within the rounding of the price, ${untold} cannot be checked`,
    ...report.cash.map(
      ({ account, amountUsd, name }) => `  cash       ${account}: ${amountUsd.toFixed(2)} (${name})`,
    ),
    ...(report.cash.length === 0 ? ["  cash       none in the file: taken as 0"] : []),
    ...report.skipped.map(
      ({ reason, lines: at }) => `  skipped    ${at.length}: ${reason} (${linesText(at)})`,
    ),
    ...(report.unknownSymbols.length === 0 ? [] : [`  unknown    ${report.unknownSymbols.join(", ")}`]),
    ...(report.unusedColumns.length === 0 ? [] : [`  not used   columns ${report.unusedColumns.join(", ")}`]),
    ...report.notes.map((note) => `  note       ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

const mostLines = 8;

function linesText(lines: readonly number[]): string {
  const shown = lines.slice(0, mostLines).join(", ");
  return `${lines.length === 1 ? "line" : "lines"} ${shown}${lines.length > mostLines ? ", …" : ""}`;
}
