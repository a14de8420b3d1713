import type { DuckDBConnection } from "@duckdb/node-api";
import { MarginError } from "../basics/failure.js";
import { sqlFile, sqlText } from "../tables/duckdb.js";
import { readTable } from "../tables/read-tables.js";
import type { Table } from "../tables/table.js";
import { appendColumns } from "../tables/write-columns.js";
import { countsIn, type PositionColumn, positionColumns, type PositionsFile } from "./positions-file.js";
import { grammarOf, type LineGrammar } from "./text-grammar.js";
import { excerptOf, linesOf, type TextLines, weightCycle } from "./text-lines.js";
import { rowsOf } from "./vectors.js";

/**
 * Copies the positions of a CSV or NDJSON file into tables, its lines told apart by DuckDB. A line that is plain beyond doubt
 * is split there; every other is read by the file's own reader, whose rows join them.
 *
 * @returns null where lines and records may differ (line ends inside quotes, bytes that are no text), or the file says nothing
 *   that can be used: the reader of tables takes such a file whole.
 */
export async function textPositions(
  connection: DuckDBConnection,
  file: string,
  k: number,
): Promise<PositionsFile | null> {
  const lines = linesOf(file);
  const grammar = lines === null ? null : grammarOf(lines);
  if (lines === null || grammar === null) return null;
  const plain = `book_lines_${k}`;
  if (!(await splitLines(connection, plain, { file, lines, grammar }))) return null;
  const others = await otherLines(connection, plain, grammar);
  const judged = others === null ? null : judgedLines(file, grammar, others);
  if (others === null || judged === null) return null;
  const select = `select rowid::double as row, ${positionColumns.join(", ")} from ${plain} where account is not null
    union all ${await appendJudged(connection, `book_judged_${k}`, judged)}`;
  return {
    file,
    select,
    ...countsIn(select),
    picked: async (rows) =>
      excerptOf(file, [...grammar.shown, ...others, ...rows.map(([row]) => Number(row))]),
  };
}

interface Split {
  readonly file: string;
  readonly lines: TextLines;
  readonly grammar: LineGrammar;
}

/**
 * A table of all lines, `rowid` the 0-based line; cells are absent where the line is not plain. False where DuckDB does not see
 * the lines that were counted, in their order.
 */
async function splitLines(
  connection: DuckDBConnection,
  table: string,
  { file, lines, grammar }: Split,
): Promise<boolean> {
  const packed = /\.gz$/i.test(file) ? "gzip" : "none";
  const ending = lines.ending === "\n" ? String.raw`\n` : String.raw`\r\n`;
  const source = `read_csv(${sqlFile(file)}, auto_detect = false, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '',
    escape = '', comment = '', header = false, new_line = '${ending}', compression = '${packed}', hive_partitioning = false)`;
  const cells = positionColumns.map((name) => `${cellOf(grammar, name)} as ${name}`);
  const groups = grammar.groups.map(sqlText).join(", ");
  try {
    await connection.run(`create or replace temp table ${table} as
      select ${cells.join(", ")}, coalesce(strlen(line), 0)::integer as bytes,
        (case when is_bare or grouped.account <> '' then 'plain' when line is null or ${matches(grammar.blank)} then 'blank'
          when ${matches(grammar.whole)} then 'whole' else 'part' end)::enum('plain', 'blank', 'whole', 'part') as kind
      from (select line, is_bare, case when is_bare then string_split(line, ',') end as split,
          case when not is_bare then regexp_extract(line, ${sqlText(`^${grammar.plain}$`)}, [${groups}]) end as grouped
        from (select line, ${grammar.bare === null ? "false" : matches(grammar.bare.pattern)} as is_bare from ${source}))`);
  } catch {
    // A damaged .gz, say: the file's own reader has the word for it.
    return false;
  }
  const sql = `select count(*)::double, coalesce(sum(rowid % ${weightCycle} * bytes), 0)::double from ${table}`;
  const [[count, weight] = []] = await rowsOf(connection, sql);
  return count === lines.count && weight === lines.weight;
}

/** SQL: a cell of a plain line, else absent. */
function cellOf({ groups, bare }: LineGrammar, name: PositionColumn): string {
  if (!groups.includes(name)) return "null::double";
  const grouped = bare === null ? `grouped.${name}` : `trim(grouped.${name}, '"')`;
  const cell =
    bare === null
      ? grouped
      : `case when is_bare then split[${bare.names.indexOf(name) + 1}] else ${grouped} end`;
  return name === "account" || name === "symbol" ? `nullif(${cell}, '')` : `nullif(${cell}, '')::double`;
}

function matches(pattern: string): string {
  return `regexp_full_match(line, ${sqlText(pattern)})`;
}

/** 0-based lines that the file's own reader is to judge; null where a record may go on in the next line. */
async function otherLines(
  connection: DuckDBConnection,
  table: string,
  { headLines }: LineGrammar,
): Promise<number[] | null> {
  const sql = `select rowid::double, kind from ${table} where kind in ('whole', 'part') and rowid >= ${headLines} order by 1`;
  const rows = await rowsOf(connection, sql);
  return rows.some(([, kind]) => kind === "part") ? null : rows.map(([row]) => Number(row));
}

/** Null where the reader finds nothing that can be used. */
function judgedLines(file: string, { headLines }: LineGrammar, others: readonly number[]): Table | null {
  const header = Array.from({ length: headLines }, (_, line) => line);
  const content = excerptOf(file, [...header, ...others]);
  try {
    const { table } = readTable("positions", [file], new Map([[file, () => content]]));
    return hasOuterBlanks(table) ? null : table;
  } catch (error) {
    if (error instanceof MarginError) return null;
    throw error;
  }
}

/** Quotes may keep blanks around a name, which the book's tables would take away. */
function hasOuterBlanks(table: Table): boolean {
  return ["account", "symbol"].some((name) =>
    table.text(name).some((text) => text !== null && text !== text.trim()),
  );
}

/** Of a row that cannot be used the account alone, so that it is not lost with its row. */
async function appendJudged(connection: DuckDBConnection, name: string, table: Table): Promise<string> {
  const isRejected = (row: number): boolean => table.rejected[row] === 1;
  const numbers = (column: string): Float64Array =>
    table.number(column).map((value, row) => (isRejected(row) ? Number.NaN : value));
  return appendColumns(connection, name, [
    {
      name: "row",
      type: "number",
      cells: Array.from({ length: table.count }, (_, row) => (table.place(row).line ?? 0) - 1),
    },
    { name: "account", type: "text", cells: table.text("account") },
    {
      name: "symbol",
      type: "text",
      cells: table.text("symbol").map((text, row) => (isRejected(row) ? null : text)),
    },
    ...["quantity", "price", "trade_price"].map((column) => {
      return { name: column, type: "number", cells: numbers(column) } as const;
    }),
  ]);
}
