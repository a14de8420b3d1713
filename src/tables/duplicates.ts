import { failure } from "../basics/failure.js";
import type { TableBuilder } from "./table-builder.js";

/**
 * Finds rows that say something twice about one key (account, underlying, option, ex-date, time of a rate). A row that
 * repeats another cell by cell is reported and left out, the first is used; rows that differ are all left out, since
 * nothing tells which is meant. An option is the same contract under its padded and its compact symbol.
 */
export function rejectDuplicates(builder: TableBuilder): void {
  const keys = builder.columns.flatMap((column, c) => (column.key === undefined ? [] : [{ column, c }]));
  if (keys.length === 0) return;
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < builder.count; row++) {
    const parts = keys.map(({ c, column }) => {
      const value = builder.values[c]?.[row] ?? null;
      return column.key === "option" && typeof value === "string" ? value.replaceAll(" ", "") : value;
    });
    if (parts.includes(null)) continue;
    const key = parts.length === 1 ? String(parts[0]) : JSON.stringify(parts);
    const rows = rowsOf.get(key);
    if (rows === undefined) rowsOf.set(key, [row]);
    else rows.push(row);
  }
  for (const rows of rowsOf.values()) if (rows.length > 1) report(builder, rows, keys);
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
