import type { DuckDBConnection } from "@duckdb/node-api";
import { numberIn } from "../basics/collections.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { writeCodes } from "./read-lots.js";

/**
 * Which spellings are one contract and which one account, where positions have prices of their own: the tables `book_symbols`
 * and `book_names`, each (text, code).
 *
 * @param accounts null where they are written without blanks around them: each text is an account of its own
 */
export async function writeNames(
  connection: DuckDBConnection,
  symbols: readonly string[],
  accounts: readonly string[] | null,
): Promise<void> {
  await writeCodes(
    connection,
    "book_symbols",
    codesOf(symbols, (text) => canonicalSymbol(text.trim())),
  );
  await writeCodes(
    connection,
    "book_names",
    codesOf(accounts ?? [], (text) => text.trim()),
  );
}

/** Texts that mean the same have the same number. */
function codesOf(texts: readonly string[], meaning: (text: string) => string): Map<string, number> {
  const numbers = new Map<string, number>();
  return new Map(texts.map((text) => [text, numberIn(numbers, meaning(text))]));
}

/** SQL: `book_rows` as p with prices, s its contract, n its account. */
const named = `book_rows p join book_symbols s on p.symbol = s.text left join book_names n on p.account = n.text`;
const ofAccount = "coalesce(n.code::varchar, p.account)";

/** SQL: rows of the accounts that give two prices for one contract, all of the contract's. */
export function clashingRows(columns: string, isRead: string): string {
  return `select ${columns} from (
    select p.*, count(distinct price) over (partition by s.code, ${ofAccount}) as prices from ${named} where ${isRead})
    where prices > 1`;
}

/** SQL: by contract, least and most of the prices of the accounts that do not contradict themselves; a symbol for each. */
export function agreedPrices(isRead: string): string {
  return `with marked as (
      select s.code, min(symbol) as symbol, min(price) as least, max(price) as most from ${named}
      where price is not null and ${isRead} and quantity <> 0 and quantity = floor(quantity)
      group by s.code, ${ofAccount})
    select min(symbol), min(least), max(most) from marked where least = most group by code order by 1`;
}
