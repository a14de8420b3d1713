import { failure } from "../basics/failure.js";
import type { CellValue } from "./cells.js";
import type { Column } from "./schema.js";
import type { TableBuilder } from "./table-builder.js";

/**
 * Finds rows that say something twice about one key (account, underlying, option, ex-date, time of a rate). A row that
 * repeats another cell by cell is reported and left out, the first is used; rows that differ are all left out, since
 * nothing tells which is meant. An option is the same contract under its padded and its compact symbol.
 */
export function rejectDuplicates(builder: TableBuilder): void {
  const keys = builder.columns.flatMap((column, c) => (column.key === undefined ? [] : [{ column, c }]));
  if (keys.length === 0) return;
  const keyOf = rowKey(builder, keys);
  if (!hasRepeats(builder.count, keyOf)) return;
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < builder.count; row++) {
    const key = keyOf(row);
    if (key === null) continue;
    const rows = rowsOf.get(key);
    if (rows === undefined) rowsOf.set(key, [row]);
    else rows.push(row);
  }
  for (const rows of rowsOf.values()) if (rows.length > 1) report(builder, rows, keys);
}

type Key = { readonly column: Column; readonly c: number };

/** What a row is about, as one text; null where a part of it is absent. */
function rowKey({ values }: TableBuilder, keys: readonly Key[]): (row: number) => string | null {
  const partsOf = keys.map(({ c, column }) => {
    const cells = values[c] ?? [];
    const part = (row: number): CellValue => cells[row] ?? null;
    if (column.key !== "option") return part;
    return (row: number) => {
      const value = part(row);
      // Most symbols have no blanks, and looking for one is quicker than replacing none.
      return typeof value === "string" && value.includes(" ") ? value.replaceAll(" ", "") : value;
    };
  });
  const [only, ...more] = partsOf;
  if (only !== undefined && more.length === 0)
    return (row) => {
      const value = only(row);
      return value === null ? null : String(value);
    };
  return (row) => {
    const parts = partsOf.map((part) => part(row));
    return parts.includes(null) ? null : JSON.stringify(parts);
  };
}

/** Mostly no key stands twice: then no list of rows has to be made for each. */
function hasRepeats(count: number, keyOf: (row: number) => string | null): boolean {
  const seen = new Set<string>();
  let keyed = 0;
  for (let row = 0; row < count; row++) {
    const key = keyOf(row);
    if (key === null) continue;
    keyed++;
    seen.add(key);
  }
  return seen.size < keyed;
}

function report(
  builder: TableBuilder,
  rows: readonly number[],
  keys: readonly { c: number; column: { name: string; key?: string } }[],
): void {
  const first = rows[0] ?? 0;
  const same = (row: number): boolean =>
    builder.columns.every(
      (column, c) => column.key === "option" || builder.values[c]?.[row] === builder.values[c]?.[first],
    );
  const alike = rows.every((row) => same(row));
  const firstPlace = builder.place(first, null);
  const where = `${firstPlace.file ?? ""}${firstPlace.line === null ? `row ${first + 1}` : `:${firstPlace.line}`}`;
  if (!alike) builder.reject(first);
  for (const row of rows.slice(1)) {
    builder.reject(row);
    builder.failures.push(
      failure("ROW_DUPLICATE", {
        ...builder.place(row, keys[0]?.column.name ?? null),
        value: keys.map(({ c }) => builder.values[c]?.[row]).join(" "),
        expected: alike
          ? `one row; ${where} says the same and is used`
          : `one row; ${where} differs, so neither is used`,
        // Where the rows agree nothing is lost: no account becomes incomplete.
        ...(alike ? {} : builder.identity(row)),
      }),
    );
  }
}
