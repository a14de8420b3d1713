import { portfolioTypes, underlyingKinds } from "../basics/product-kinds.js";
import type { InputTableName, TableName } from "./table.js";

/** What a column holds. `day` is a calendar day written `YYYY-MM-DD` and stays text in the table. */
export interface Column {
  readonly name: string;
  readonly type: "text" | "number" | "flag" | "day";
  readonly required?: true;
  /** Smallest and largest value; `above` excludes the bound. Whatever is absent is unbounded (but finite). */
  readonly least?: number;
  readonly above?: number;
  readonly most?: number;
  /** The only values of a text. */
  readonly choices?: readonly string[];
  /** The same key twice is a duplicate row. */
  readonly key?: "text" | "option" | "number";
}

const key = { key: "text", required: true } as const;

/** Terms of one option without a symbol, as `price` and `implied-volatility` take them. */
const optionTerms: readonly Column[] = [
  { name: "id", type: "text", ...key },
  { name: "type", type: "text", required: true, choices: ["call", "put"] },
  { name: "exercise", type: "text", required: true, choices: ["european", "american"] },
  { name: "spot", type: "number", required: true, least: 0 },
  { name: "strike", type: "number", required: true, least: 0 },
  { name: "years", type: "number", required: true, least: 0 },
  { name: "rate", type: "number", required: true },
  { name: "dividend_yield", type: "number", required: true },
];
const dividendList: Column = { name: "dividends", type: "text" };

/** Every table's columns, in the order of `docs/file-formats.md`. Names are exact: there are no aliases. */
export const schema: { readonly [name in TableName]: readonly Column[] } = {
  positions: [
    { name: "account", type: "text", required: true },
    { name: "symbol", type: "text", required: true },
    { name: "quantity", type: "number", required: true },
    { name: "price", type: "number", least: 0 },
    { name: "trade_price", type: "number", least: 0 },
    { name: "escrow", type: "flag" },
  ],
  underlyings: [
    { name: "symbol", type: "text", ...key },
    { name: "price", type: "number", required: true, above: 0 },
    { name: "kind", type: "text", choices: underlyingKinds },
    {
      name: "portfolio_type",
      type: "text",
      choices: portfolioTypes,
    },
    { name: "class_group", type: "text" },
    { name: "leverage", type: "number", least: -10, most: 10 },
    { name: "dividend_yield", type: "number", least: -1, most: 1 },
    { name: "borrow_rate", type: "number", least: -1, most: 10 },
    { name: "margin_eligible", type: "flag" },
    { name: "multiplier", type: "number", above: 0 },
    { name: "converts_to", type: "text" },
    { name: "conversion_ratio", type: "number", above: 0 },
    { name: "conversion_price", type: "number", least: 0 },
    { name: "conversion_until", type: "day" },
    { name: "tags", type: "text" },
    { name: "beta", type: "number", least: -20, most: 20 },
    { name: "shares_outstanding", type: "number", above: 0 },
    { name: "average_daily_volume", type: "number", above: 0 },
  ],
  options: [
    { name: "symbol", type: "text", required: true, key: "option" },
    { name: "underlying", type: "text" },
    { name: "type", type: "text", choices: ["call", "put"] },
    { name: "strike", type: "number", above: 0 },
    { name: "expiry", type: "day" },
    { name: "exercise", type: "text", choices: ["american", "european"] },
    { name: "multiplier", type: "number", above: 0 },
    { name: "deliverable", type: "text" },
    { name: "listed", type: "flag" },
    { name: "bid", type: "number", least: 0 },
    { name: "ask", type: "number", least: 0 },
    { name: "price", type: "number", least: 0 },
    { name: "volatility", type: "number", least: 0, most: 100 },
  ],
  dividends: [
    { name: "symbol", type: "text", ...key },
    { name: "ex_date", type: "day", ...key },
    { name: "amount", type: "number", required: true, least: 0 },
  ],
  rates: [
    { name: "years", type: "number", required: true, least: 0, key: "number" },
    { name: "rate", type: "number", required: true, least: -1, most: 1 },
  ],
  accounts: [
    { name: "account", type: "text", ...key },
    { name: "cash", type: "number" },
    { name: "type", type: "text", choices: ["portfolio", "reg_t", "cash"] },
    { name: "equity_other", type: "number" },
  ],
  theoretical: [
    { name: "symbol", type: "text", required: true, key: "option" },
    { name: "close", type: "number", least: 0 },
    { name: "volatility", type: "number", least: 0, most: 100 },
    { name: "class_group", type: "text" },
    { name: "product_group", type: "text" },
    { name: "minimum", type: "number", least: 0 },
    { name: "delta", type: "number" },
    { name: "price_scan", type: "number", least: 0 },
    { name: "volatility_scan", type: "number", least: 0 },
  ],
  contracts: [...optionTerms, { name: "volatility", type: "number", required: true, least: 0 }, dividendList],
  history: [
    { name: "symbol", type: "text", ...key },
    { name: "date", type: "day", ...key },
    { name: "close", type: "number", above: 0 },
    { name: "return", type: "number", least: -1, most: 100 },
  ],
  scenarios: [
    { name: "scenario", type: "text", required: true },
    { name: "symbol", type: "text" },
    { name: "class_group", type: "text" },
    { name: "tag", type: "text" },
    { name: "move", type: "number", least: -1, most: 100 },
    { name: "volatility_move", type: "number", least: -1, most: 100 },
    { name: "volatility_unit", type: "text", choices: ["relative", "points"] },
    { name: "rate_move", type: "number", least: -1, most: 1 },
    { name: "days", type: "number", least: 0, most: 36500 },
  ],
  quotes: [...optionTerms, { name: "price", type: "number", required: true }, dividendList],
};

/** The tables in the order in which they are hashed and reported. */
export const tableNames = [
  "positions",
  "underlyings",
  "options",
  "dividends",
  "rates",
  "accounts",
  "theoretical",
] as const satisfies readonly InputTableName[];

/** Most columns of a series: the most scenarios a rule set can have fit many times. */
const longestSeries = 9999;

/** The column `p1`, `p2`, … of a table of theoretical values: how many there are is the rule set's matter. */
export function seriesColumn(table: TableName, name: string): Column | undefined {
  const isOfSeries =
    table === "theoretical" && /^p[1-9]\d*$/.test(name) && Number(name.slice(1)) <= longestSeries;
  return isOfSeries ? { name, type: "number" } : undefined;
}

/** The columns of a table as one line, for `expected`. */
export function columnList(name: TableName): string {
  const names = schema[name].map((column) => column.name);
  return (name === "theoretical" ? [...names, "p1 … pN"] : names).join(", ");
}
