import type { DuckDBConnection } from "@duckdb/node-api";

/** Rows whose texts DuckDB puts together at once. */
const rowsAPart = 65_536;

export interface TextQuery {
  /** SQL: the columns asked for, as text. */
  readonly columns: readonly string[];
  /** SQL: a table with what the columns name. */
  readonly source: string;
  /** SQL: numbers of its rows from 0 on, each once. */
  readonly row: string;
  /** No text is absent: then none needs a mark. */
  readonly isWhole?: boolean;
}

/**
 * Columns of text in the order of rows. DuckDB puts many into one with a NUL between: handing each over by itself takes ten times
 * as long. Null where a text has a NUL of its own.
 */
export async function joinedTexts(
  connection: DuckDBConnection,
  { columns, source, row, isWhole = false }: TextQuery,
): Promise<(string | null)[][] | null> {
  // What is there has a mark before it; what is absent is nothing at all.
  const marked = isWhole ? columns : columns.map((sql) => `coalesce('=' || ${sql}, '')`);
  const joined = marked.map((sql) => `string_agg(${sql}, chr(0) order by ${row})`);
  const result = await connection.run(
    `select count(*)::double, ${joined.join(", ")} from ${source} group by ${row} // ${rowsAPart} order by min(${row})`,
  );
  const texts = columns.map((): (string | null)[] => []);
  for (let k = 0; k < result.chunkCount; k++)
    for (const [count, ...parts] of result.getChunk(k).getRows())
      for (const [c, part] of parts.entries()) {
        const found = String(part).split("\0");
        if (found.length !== count) return null;
        addParts(texts[c]!, found, isWhole);
      }
  return texts;
}

function addParts(texts: (string | null)[], parts: readonly string[], isWhole: boolean): void {
  if (isWhole) for (const part of parts) texts.push(part);
  else for (const part of parts) texts.push(part === "" ? null : part.slice(1));
}
