import { sqlText } from "../tables/duckdb.js";
import type { PositionColumn } from "./positions-file.js";

/** Largest quantity whose millionths a double still counts one by one. */
const mostQuantity = Number.MAX_SAFE_INTEGER / 1e6;

/**
 * SQL: a fraction of a share, six decimals at most, as the book's reader takes it. A fraction of a contract passes too; the
 * reader's failure names it.
 */
export const fractionOfShares = `quantity <> floor(quantity) and abs(quantity) <= ${mostQuantity}
  and abs(quantity * 1e6 - round(quantity * 1e6)) <= 1e-3 * greatest(1, abs(quantity) * 1e-6)`;

const mostDouble = "1.7976931348623157e308";

function isNone(name: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`coalesce(${name} in (${texts.map(sqlText).join(", ")}), false)`];
}

/** As the reader of cells: see `readJsonCell`. */
export function readPredicate(blank: Record<"account" | "symbol", string[]>): string {
  const tests = [
    "account is not null and symbol is not null and quantity is not null",
    `quantity between -${mostDouble} and ${mostDouble}`,
    ...["price", "trade_price"].map((name) => `(${name} is null or ${name} between 0 and ${mostDouble})`),
    ...isNone("symbol", blank.symbol).map((test) => `not ${test}`),
    ...isNone("account", blank.account).map((test) => `not ${test}`),
  ];
  return `(${tests.join(" and ")})`;
}

export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** SQL over `book_rows`: rows with anything absent, blank, out of range, or not whole. NaN counts as above every number. */
export function oddPredicate(found: {
  readonly absent: readonly PositionColumn[];
  readonly prices: readonly PositionColumn[];
  readonly blank: Record<"account" | "symbol", string[]>;
}): string {
  const tests = [
    ...found.absent.filter((name) => !name.endsWith("price")).map((name) => `${name} is null`),
    ...(["account", "symbol"] as const).flatMap((name) => isNone(name, found.blank[name])),
    // Comparisons without a function around the column are answered from the files' statistics.
    `quantity > ${mostQuantity}`,
    `quantity < -${mostQuantity}`,
    "quantity = 0",
    "quantity <> floor(quantity)",
    ...found.prices.map((name) => `coalesce(${name} < 0 or ${name} > ${mostDouble}, false)`),
  ];
  return tests.join(" or ");
}
