import { setImmediate as turn } from "node:timers/promises";
import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import { appendColumns } from "../tables/write-columns.js";
import type { LotColumns, LotShape } from "../valuation/lot-columns.js";
import type { PositionsSource } from "./positions-source.js";
import { vectorReader } from "./vectors.js";

/** What a text stands for: its number in the run. */
export type Codes = ReadonlyMap<string, number>;

/** Makes a table (text, code). */
export async function writeCodes(connection: DuckDBConnection, name: string, codes: Codes): Promise<void> {
  await appendColumns(connection, name, [
    { name: "text", type: "text", cells: [...codes.keys()] },
    { name: "code", type: "code", codes: Int32Array.from(codes.values()), texts: [] },
  ]);
}

/** Accounts of the run that are asked for: first <= number < end. */
export interface AccountRange {
  readonly first: number;
  readonly end: number;
}

/**
 * The plain rows of a range of accounts as columns; account numbers count from the range's first. Contracts have the codes of
 * `book_spellings`, for {@link placeContracts}. The caller releases the columns.
 */
export async function readLots(
  source: Pick<PositionsSource, "connection" | "hasMarks" | "isPlain" | "isFraction">,
  range: AccountRange,
  roomFor: (shape: LotShape) => LotColumns,
): Promise<LotColumns> {
  const price = source.hasMarks ? ", coalesce(p.price, 'nan'::double)" : "";
  const select = `select (a.code - ${range.first})::integer, s.code, p.quantity${price}`;
  const join = `join book_accounts a on p.account = a.text join book_spellings s on p.symbol = s.text
    where a.code >= ${range.first} and a.code < ${range.end}`;
  const result = await source.connection.run(`${select} from book_rows p ${join} and ${source.isPlain}
    union all ${select} from book_odd p ${join} and ${source.isFraction}`);
  const lots = roomFor({ count: result.rowCount, hasMarks: source.hasMarks });
  await copyLots(result, { lots, at: 0 });
  return lots;
}

/** Gives lots the rows of their contracts: -1 where a code has none. */
export function placeContracts({ contract }: LotColumns, rowOfCode: Int32Array): void {
  for (let i = 0; i < contract.length; i++) contract[i] = rowOfCode[contract[i] ?? -1] ?? -1;
}

const unitsPerShare = 1e6;

/** Chunks of 2,048 rows after which the event loop gets a turn. */
const chunksATurn = 256;

/**
 * Copies a result chunk by chunk behind the lots that are there already: its vectors as they lie in memory, in which only prices
 * may be absent. Chunks that nobody holds any more are given back between turns of the event loop alone; without turns all of
 * them stay until the end, and fresh memory for each costs more than the copying.
 *
 * @returns how many lots are there then
 */
export async function copyLots(
  result: DuckDBMaterializedResult,
  { lots, at }: { readonly lots: LotColumns; readonly at: number },
): Promise<number> {
  const vectors = await vectorReader();
  const { account, contract, millionths, mark } = lots;
  let first = at;
  for (let k = 0; k < result.chunkCount; k++) {
    if (k % chunksATurn === chunksATurn - 1) await turn();
    const chunk = result.getChunk(k);
    account.set(vectors.integers(chunk, 0), first);
    contract.set(vectors.integers(chunk, 1), first);
    const quantity = vectors.doubles(chunk, 2);
    for (let i = 0; i < quantity.length; i++)
      millionths[first + i] = Math.round((quantity[i] ?? Number.NaN) * unitsPerShare);
    if (mark !== null) mark.set(vectors.doubles(chunk, 3), first);
    first += chunk.rowCount;
  }
  return first;
}
