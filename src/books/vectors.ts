import type { DuckDBConnection, DuckDBDataChunk, DuckDBMaterializedResult } from "@duckdb/node-api";
import { duckdbBindings } from "../tables/duckdb.js";
import { joinedTexts } from "../tables/joined-texts.js";

/** Columns of a chunk as they lie in memory; the caller has asked for a type and for nothing absent. */
export interface VectorReader {
  readonly integers: (chunk: DuckDBDataChunk, column: number) => Int32Array;
  readonly doubles: (chunk: DuckDBDataChunk, column: number) => Float64Array;
}

/** Without a value made for each cell: `getColumnValues` takes seven times as long. */
export async function vectorReader(): Promise<VectorReader> {
  const bindings = await duckdbBindings();
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

/** The chunks of a result, each asked for once. */
export function chunksOf(result: DuckDBMaterializedResult): DuckDBDataChunk[] {
  return Array.from({ length: result.chunkCount }, (_, k) => result.getChunk(k));
}

/** A few rows as they are. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return chunksOf(await connection.run(sql)).flatMap((chunk) => chunk.getRows());
}

/** One column of text. */
export async function textsOf(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const result = await connection.run(sql);
  return chunksOf(result).flatMap((chunk) => chunk.getColumnValues(0).map(String));
}

/** A column of text, none absent, by a column that numbers the rows of a table from 0 on. */
export async function orderedTexts(
  connection: DuckDBConnection,
  { text, source, row }: { readonly text: string; readonly source: string; readonly row: string },
): Promise<readonly string[]> {
  const [texts] = (await joinedTexts(connection, { columns: [text], source, row, isWhole: true })) ?? [];
  return (
    (texts as string[] | undefined) ?? textsOf(connection, `select ${text} from ${source} order by ${row}`)
  );
}

/** One column of 32-bit integers, none absent. */
export async function integersOf(connection: DuckDBConnection, sql: string): Promise<Int32Array> {
  const vectors = await vectorReader();
  const result = await connection.run(sql);
  return filled(new Int32Array(result.rowCount), chunksOf(result), (chunk) => vectors.integers(chunk, 0));
}

/** Columns of doubles, none of them absent. */
export async function doublesOf(
  connection: DuckDBConnection,
  sql: string,
  columns: number,
): Promise<Float64Array[]> {
  const vectors = await vectorReader();
  const result = await connection.run(sql);
  const chunks = chunksOf(result);
  return Array.from({ length: columns }, (_, column) =>
    filled(new Float64Array(result.rowCount), chunks, (chunk) => vectors.doubles(chunk, column)),
  );
}

/** A column filled with those of the chunks, one after another. */
function filled<Column extends Int32Array | Float64Array>(
  column: Column,
  chunks: readonly DuckDBDataChunk[],
  partOf: (chunk: DuckDBDataChunk) => Column,
): Column {
  let at = 0;
  for (const chunk of chunks) {
    column.set(partOf(chunk), at);
    at += chunk.rowCount;
  }
  return column;
}
