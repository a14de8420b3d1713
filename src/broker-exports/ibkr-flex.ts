import type { NamedCell } from "./add-holding.js";
import { failure, MarginError } from "../basics/failure.js";
import { readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import { readDay } from "./days.js";
import type { ExportFile } from "./export-file.js";
import { flexCsvRows, type FlexRow, flexXmlRows } from "./flex-rows.js";
import { addIbkrHolding, type IbkrField } from "./ibkr-holding.js";

const fieldNames: Readonly<Record<IbkrField, string>> = {
  category: "assetCategory",
  currency: "currency",
  symbol: "symbol",
  quantity: "position",
  multiplier: "multiplier",
  price: "markPrice",
  value: "positionValue",
  underlying: "underlyingSymbol",
  expiry: "expiry",
  strike: "strike",
  right: "putCall",
};

/**
 * Reads the open positions (and the cash report) of an Interactive Brokers Flex query, in XML or CSV. Which fields there are
 * is the user's choice: symbol and quantity are needed, strike, expiry and right only where the symbol does not tell them.
 */
export function readIbkrFlex(file: ExportFile, out: ExportCollector): void {
  const content = file.text.trimStart().startsWith("<") ? flexXmlRows(file) : flexCsvRows(file);
  if (!content.hasPositions) {
    const expected =
      "a Flex query with open positions: <OpenPositions>, or Symbol and Quantity with MarkPrice or PositionValue";
    throw new MarginError([failure("EXPORT_HEADER", { file: file.file, value: out.format, expected })]);
  }
  const all = content.rows.filter(({ kind }) => kind === "position");
  const latest = latestDays(all);
  const isOfLastDay = (row: FlexRow): boolean =>
    (dayOfRow(row) ?? latest.get(accountOf(row))) === latest.get(accountOf(row));
  // A query over several days states the book of each; what is held is in the last.
  const positions = all.filter((row) => isOfLastDay(row));
  for (const row of all) if (!isOfLastDay(row)) out.skip(row.line, "a position of an earlier day");
  out.stated = statedDay(positions);
  for (const line of content.others) out.skip(line, "a row of another section");
  // Lots repeat the summary; a query may have asked for lots alone.
  const hasSummaries = positions.some((row) => levelOf(row) === "SUMMARY");
  for (const row of positions) {
    if (hasSummaries && levelOf(row) === "LOT") out.skip(row.line, "a lot of a holding that is summed up");
    else addRow(row, out);
  }
  addMoney(content.rows, out);
}

function levelOf({ fields }: FlexRow): string {
  return (fields.get("levelofdetail") ?? "").toUpperCase();
}

function accountOf({ fields }: FlexRow): string {
  return fields.get("accountid") ?? "";
}

function dayOfRow({ fields }: FlexRow): number | null {
  return readDay(fields.get("reportdate") ?? "");
}

/** The last report date of every account that has any; rows without one belong to it. */
function latestDays(rows: readonly FlexRow[]): Map<string, number> {
  const latest = new Map<string, number>();
  for (const row of rows) {
    const day = dayOfRow(row);
    if (day !== null) latest.set(accountOf(row), Math.max(day, latest.get(accountOf(row)) ?? day));
  }
  return latest;
}

function statedDay(rows: readonly FlexRow[]): ExportCollector["stated"] {
  const days = rows.map(({ fields }) => fields.get("reportdate") ?? "").filter((text) => text !== "");
  const text = days.toSorted().at(-1);
  return text === undefined ? null : { text, day: readDay(text), newYorkTime: null };
}

function addRow({ line, fields }: FlexRow, out: ExportCollector): void {
  const account = fields.get("accountid") ?? "";
  const width = fields.get("");
  if (width !== undefined) {
    if (account !== "") out.startAccount(account);
    const expected = `as many cells as the header has, found ${width}`;
    out.refuse("CSV_SYNTAX", { line, shown: fields.get("symbol") ?? "", expected });
    return;
  }
  const side = (fields.get("side") ?? "").toLowerCase();
  const sign = Math.sign(readAmount(fields.get("position") ?? "")?.value ?? 0);
  if ((side === "long" && sign < 0) || (side === "short" && sign > 0)) {
    if (account !== "") out.startAccount(account);
    const expected = `a position with the sign of its side, ${side}`;
    const [shown, value] = [fields.get("symbol") ?? "", fields.get("position") ?? ""];
    out.refuse("EXPORT_CHECK", { line, shown, column: "position", value, expected });
    return;
  }
  const field = (name: IbkrField): NamedCell | null => {
    const text = fields.get(fieldNames[name].toLowerCase());
    return text === undefined ? null : { column: fieldNames[name], text };
  };
  addIbkrHolding(out, { line, account: account === "" ? out.account : account, field });
}

/**
 * Ending cash: the summary in the base currency where that is the dollar (the account says so, or a dollar holding has an
 * exchange rate of 1 to it), else the row of the dollar.
 */
function addMoney(rows: readonly FlexRow[], out: ExportCollector): void {
  const inDollars = new Set(
    rows
      .filter(
        ({ kind, fields }) =>
          fields.get("currency") === "USD" && (kind === "account" || fields.get("fxratetobase") === "1"),
      )
      .map(({ fields }) => fields.get("accountid") ?? ""),
  );
  const best = new Map<string, { row: FlexRow; isSummary: boolean; amountUsd: number }>();
  for (const row of rows) {
    const { fields } = row;
    const account = fields.get("accountid") ?? "";
    const amount = row.kind === "cash" ? readAmount(fields.get("endingcash") ?? "") : null;
    if (amount === null || amount === undefined) continue;
    const level = (fields.get("levelofdetail") ?? "").replaceAll(/[ _]/g, "").toLowerCase();
    const isSummary =
      fields.get("currency") === "BASE_SUMMARY" || level === "basecurrency" || level === "basesummary";
    if (isSummary ? !inDollars.has(account) : fields.get("currency") !== "USD") continue;
    if (isSummary || best.get(account) === undefined)
      best.set(account, { row, isSummary, amountUsd: amount.value });
  }
  for (const [account, { row, isSummary, amountUsd }] of best) {
    if (account !== "") out.startAccount(account);
    out.addCash(row.line, amountUsd, isSummary ? "endingCash, all currencies" : "endingCash, USD");
  }
}
