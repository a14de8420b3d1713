import type { DuckDBConnection, DuckDBDataChunk, DuckDBMaterializedResult } from "@duckdb/node-api";
import { optionalPackage } from "../tables/optional-package.js";
import type { Lots } from "./lots.js";
import { type PositionsSource, rowsOf } from "./positions-source.js";

/** Texts of a book's positions as they are written, each once. */
export interface BookNames {
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
}

/** Accounts and symbols of all rows, odd or not. */
export async function readNames({ connection }: PositionsSource): Promise<BookNames> {
  const texts = async (name: string): Promise<string[]> => {
    const sql = `select distinct ${name} from book_rows where ${name} is not null order by 1`;
    return (await rowsOf(connection, sql)).map(([text]) => String(text));
  };
  return { accounts: await texts("account"), symbols: await texts("symbol") };
}

/** What a text stands for: its number in the run. */
export type Codes = ReadonlyMap<string, number>;

/** Makes the tables that translate texts: `book_accounts` and `book_contracts`. */
export async function writeCodes(
  { connection }: PositionsSource,
  accounts: Codes,
  contracts: Codes,
): Promise<void> {
  await writeTable(connection, "book_accounts", accounts);
  await writeTable(connection, "book_contracts", contracts);
}

async function writeTable(connection: DuckDBConnection, name: string, codes: Codes): Promise<void> {
  const { DuckDBDataChunk, INTEGER, VARCHAR } = await optionalPackage(
    "@duckdb/node-api",
    () => import("@duckdb/node-api"),
  );
  await connection.run(`create or replace temp table ${name} (text varchar, code integer)`);
  const appender = await connection.createAppender(name);
  const entries = [...codes];
  for (let first = 0; first < entries.length; first += rowsAChunk) {
    const part = entries.slice(first, first + rowsAChunk);
    const chunk = DuckDBDataChunk.create([VARCHAR, INTEGER]);
    chunk.setColumns([part.map(([text]) => text), part.map(([, code]) => code)]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

const rowsAChunk = 2048;

/** Accounts of the run that are asked for: first <= number < end. */
export interface AccountRange {
  readonly first: number;
  readonly end: number;
}

/**
 * The plain rows of a range of accounts as columns; account numbers count from the range's first. Contracts keep the code of
 * `book_contracts`, below 0 where nothing can be done with them.
 */
export async function readLots(source: PositionsSource, range: AccountRange): Promise<Lots> {
  const price = source.hasMarks ? ", coalesce(p.price, 'nan'::double)" : "";
  const select = `select (a.code - ${range.first})::integer, c.code, p.quantity${price}`;
  const join = `join book_accounts a on p.account = a.text join book_contracts c on p.symbol = c.text
    where a.code >= ${range.first} and a.code < ${range.end}`;
  const result = await source.connection.run(`${select} from book_rows p ${join} and ${source.isPlain}
    union all ${select} from book_odd p ${join} and ${fractionOfShares}`);
  return columnsOf(result, source.hasMarks);
}

/** SQL over `book_odd`: nothing is wrong but a fraction of a share, six decimals at most, as the book's reader takes it. */
const fractionOfShares = `coalesce(quantity <> floor(quantity) and abs(quantity) * 1e6 <= 9007199254740991
  and abs(quantity * 1e6 - round(quantity * 1e6)) <= 1e-3 * greatest(1, abs(quantity) * 1e-6)
  and (price is null or (price >= 0 and price <= 1.7976931348623157e308)), false)`;

const unitsPerShare = 1e6;

/** Copies a result chunk by chunk: its vectors as they lie in memory, in which only prices may be absent. */
async function columnsOf(result: DuckDBMaterializedResult, hasMarks: boolean): Promise<Lots> {
  const vectors = await vectorReader();
  const chunks = result.chunkCount;
  let count = 0;
  for (let k = 0; k < chunks; k++) count += result.getChunk(k).rowCount;
  const lots = {
    count,
    account: new Int32Array(count),
    contract: new Int32Array(count),
    millionths: new Float64Array(count),
    mark: hasMarks ? new Float64Array(count) : null,
  };
  let at = 0;
  for (let k = 0; k < chunks; k++) {
    const chunk = result.getChunk(k);
    lots.account.set(vectors.integers(chunk, 0), at);
    lots.contract.set(vectors.integers(chunk, 1), at);
    const quantity = vectors.doubles(chunk, 2);
    for (let i = 0; i < quantity.length; i++)
      lots.millionths[at + i] = Math.round((quantity[i] ?? Number.NaN) * unitsPerShare);
    if (lots.mark !== null) lots.mark.set(vectors.doubles(chunk, 3), at);
    at += chunk.rowCount;
  }
  return lots;
}

interface VectorReader {
  readonly integers: (chunk: DuckDBDataChunk, column: number) => Int32Array;
  readonly doubles: (chunk: DuckDBDataChunk, column: number) => Float64Array;
}

/** Columns of a chunk without a value made for each cell: `getColumnValues` takes seven times as long. */
async function vectorReader(): Promise<VectorReader> {
  const bindings = await optionalPackage("@duckdb/node-bindings", async () => (await import("@duckdb/node-bindings")).default);
  const bytesOf = (chunk: DuckDBDataChunk, column: number, size: number): Uint8Array =>
    bindings.vector_get_data(bindings.data_chunk_get_vector(chunk.chunk, column), chunk.rowCount * size);
  return {
    integers: (chunk, column) => {
      const { buffer, byteOffset } = bytesOf(chunk, column, 4);
      return new Int32Array(buffer, byteOffset, chunk.rowCount);
    },
    doubles: (chunk, column) => {
      const { buffer, byteOffset } = bytesOf(chunk, column, 8);
      return new Float64Array(buffer, byteOffset, chunk.rowCount);
    },
  };
}
