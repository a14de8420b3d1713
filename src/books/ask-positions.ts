import type { Place } from "../basics/failure.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { sqlText } from "../tables/duckdb.js";
import { agreedPrices } from "./position-names.js";
import type { PositionsSource } from "./positions-source.js";
import { rowsOf } from "./vectors.js";

/**
 * The accounts' own marks of each contract, by canonical symbol, where every account that gives one gives the same; NaN where
 * they differ. An account that contradicts itself says nothing, as in the reader of small books.
 */
export async function agreedMarksOf(source: PositionsSource): Promise<Map<string, number>> {
  const rows = await rowsOf(source.connection, agreedPrices(source.isRead));
  const marks = new Map<string, number>();
  for (const [text, least, most] of rows) {
    const symbol = canonicalSymbol(String(text).trim());
    marks.set(symbol, least === most ? Number(least) : Number.NaN);
  }
  return marks;
}

/** Where each of these contracts stands first among the positions that can be read, by canonical symbol. */
export async function firstRowsOf(
  source: PositionsSource,
  symbols: readonly string[],
): Promise<Map<string, Place>> {
  const wanted = new Set(symbols);
  const texts = source.symbols.filter((text) => wanted.has(canonicalSymbol(text.trim())));
  const places = new Map<string, Place>();
  if (texts.length === 0) return places;
  const rows = await rowsOf(
    source.connection,
    `select symbol, min(file * 1e12 + row) from book_rows where symbol in (${texts.map(sqlText).join(", ")}) and ${source.isRead}
     group by symbol order by 2`,
  );
  for (const [text, first] of rows) {
    const symbol = canonicalSymbol(String(text).trim());
    if (places.has(symbol)) continue;
    const [file, row] = [Math.floor(Number(first) / 1e12), Number(first) % 1e12];
    places.set(symbol, { file: source.fileName(file), line: row + 1, column: "symbol" });
  }
  return places;
}
