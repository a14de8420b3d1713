import { SaxesParser } from "saxes";
import { failure, MarginError } from "../basics/failure.js";
import { type CsvLine, csvLines, type ExportFile } from "./export-file.js";

/** A row of a Flex query's open positions or cash report, from XML or CSV; names of fields in lower case. */
export interface FlexRow {
  readonly line: number;
  readonly kind: "position" | "cash" | "account";
  readonly fields: ReadonlyMap<string, string>;
}

/** What a Flex query holds of use here. */
export interface FlexContent {
  readonly rows: readonly FlexRow[];
  /** Rows of other sections, by line. */
  readonly others: readonly number[];
  /** Whether it is a Flex query with a table of open positions at all. */
  readonly hasPositions: boolean;
}

const kinds: Readonly<Record<string, FlexRow["kind"]>> = {
  OpenPosition: "position",
  CashReportCurrency: "cash",
  AccountInformation: "account",
};

/** @throws MarginError `EXPORT_SYNTAX` where the file is no XML; nothing of it is used then. */
export function flexXmlRows({ file, text }: ExportFile): FlexContent {
  const rows: FlexRow[] = [];
  const state = { hasPositions: false, account: "" };
  const parser = new SaxesParser({ fileName: file });
  parser.on("error", (error) => {
    const expected = `XML: ${error.message.replace(/^.*?\d+:\d+: /, "")}`;
    throw new MarginError([failure("EXPORT_SYNTAX", { file, line: parser.line, expected })]);
  });
  parser.on("opentag", ({ name, attributes }) => {
    const fields = new Map(Object.entries(attributes).map(([key, value]) => [key.toLowerCase(), value]));
    if (name === "FlexStatement") state.account = fields.get("accountid") ?? "";
    if (name === "OpenPositions") state.hasPositions = true;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) return;
    if ((fields.get("accountid") ?? "") === "") fields.set("accountid", state.account);
    rows.push({ line: parser.line, kind, fields });
  });
  parser.write(text).close();
  return { rows, others: [], hasPositions: state.hasPositions };
}

/** Column names of the CSV form that differ from the attributes of the XML form. */
const csvNames: Readonly<Record<string, string>> = {
  clientaccountid: "accountid",
  currencyprimary: "currency",
  assetclass: "assetcategory",
  quantity: "position",
  "put/call": "putcall",
};
/** Columns of tables that have a symbol and a quantity too, and are no open positions. */
const notPositions = [
  "tradeid",
  "tradeprice",
  "buy/sell",
  "transactiontype",
  "actiondescription",
  "tradedate",
];
const marks = ["BOF", "BOA", "BOS", "EOS", "EOA", "EOF", "MSG", "TRAILER"];

interface CsvState {
  section: string;
  names: readonly string[];
  kind: FlexRow["kind"] | null;
}

/**
 * The CSV form: plain tables one below another, or with `BOS`/`EOS` lines around them, or with `HEADER` and `DATA` before
 * every row.
 */
export function flexCsvRows(file: ExportFile): FlexContent {
  const rows: FlexRow[] = [];
  const others: number[] = [];
  const state: CsvState = { section: "", names: [], kind: null };
  let hasPositions = false;
  for (const row of csvLines(file)) {
    const [first = "", second = ""] = row.cells;
    if (marks.includes(first)) {
      state.section = first === "BOS" ? second : "";
      continue;
    }
    const isPrefixed = first === "HEADER" || first === "DATA";
    if (isPrefixed) state.section = second;
    const cells = isPrefixed ? row.cells.slice(2) : row.cells;
    if (startsTable({ line: row.line, cells }, state)) hasPositions ||= state.kind === "position";
    else if (state.kind === null) others.push(row.line);
    else rows.push({ line: row.line, kind: state.kind, fields: fieldsOf(cells, state.names) });
  }
  return { rows, others, hasPositions };
}

function startsTable({ cells }: CsvLine, state: CsvState): boolean {
  const names = cells.map((cell) => cell.toLowerCase());
  const has = (name: string): boolean => names.includes(name);
  const isCash = has("endingcash") && has("currencyprimary");
  const isTable = (has("symbol") && has("quantity")) || isCash || names[0] === "clientaccountid";
  if (!isTable) return false;
  const isPosition =
    has("symbol") &&
    has("quantity") &&
    (has("markprice") || has("positionvalue") || state.section === "POST") &&
    !notPositions.some(has);
  state.names = names.map((name) => csvNames[name] ?? name);
  state.kind = isPosition ? "position" : isCash ? "cash" : null;
  return true;
}

/** A row of another width than its header keeps its cells from nothing: the field `` says how many there are. */
function fieldsOf(cells: readonly string[], names: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map(names.map((name, i) => [name, cells[i] ?? ""]));
  return cells.length === names.length
    ? fields
    : fields.set("", `${cells.length} instead of ${names.length}`);
}
