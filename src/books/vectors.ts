import type { DuckDBConnection, DuckDBDataChunk, DuckDBMaterializedResult } from "@duckdb/node-api";
import { duckdbBindings } from "../tables/duckdb.js";

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

/** Columns of doubles, none of them absent. */
export async function doublesOf(
  connection: DuckDBConnection,
  sql: string,
  columns: number,
): Promise<Float64Array[]> {
  const vectors = await vectorReader();
  const chunks = chunksOf(await connection.run(sql));
  const count = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  return Array.from({ length: columns }, (_, column) => {
    const all = new Float64Array(count);
    let at = 0;
    for (const chunk of chunks) {
      all.set(vectors.doubles(chunk, column), at);
      at += chunk.rowCount;
    }
    return all;
  });
}
