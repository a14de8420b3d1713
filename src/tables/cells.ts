import { parseDay } from "../basics/dates.js";
import type { ErrorCode } from "../basics/error-table.js";
import type { Column } from "./schema.js";

/** A cell's value; `null` where it is empty. */
export type CellValue = string | number | boolean | null;

/** What is wrong with a cell. */
export interface BadCell {
  readonly code: ErrorCode;
  readonly expected: string;
}

const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const notFinite = /^[+-]?(?:nan|inf(?:inity)?)$/i;

/** Reads a CSV cell (blanks around it already trimmed). No locale, no thousands separators; empty is absent. */
export function readTextCell(column: Column, text: string): CellValue | BadCell {
  if (text === "") return absent(column);
  if (column.type === "number") {
    if (plainNumber.test(text)) return checkedNumber(column, Number(text));
    return bad(notFinite.test(text) ? "CELL_NOT_FINITE" : "CELL_TYPE", column);
  }
  if (column.type === "flag")
    return text === "true" ? true : text === "false" ? false : bad("CELL_TYPE", column);
  return checkedText(column, text);
}

/** Reads a cell of a JSON row: a number must be a number, a flag true or false; null and absent are empty. */
export function readJsonCell(column: Column, value: unknown): CellValue | BadCell {
  if (value === null || value === undefined) return absent(column);
  if (column.type === "number") {
    if (typeof value === "bigint")
      return { code: "CELL_RANGE", expected: `${expectedOf(column)}, an integer below 2^53` };
    return typeof value === "number" ? checkedNumber(column, value) : bad("CELL_TYPE", column);
  }
  if (column.type === "flag") return typeof value === "boolean" ? value : bad("CELL_TYPE", column);
  if (typeof value !== "string") return bad("CELL_TYPE", column);
  const text = value.trim();
  return text === "" ? absent(column) : checkedText(column, text);
}

/** What a cell of this column may hold, for `expected`. */
export function expectedOf(column: Column): string {
  if (column.choices !== undefined) return column.choices.join(", ");
  if (column.type === "flag") return "true or false";
  if (column.type === "day") return "a calendar day as YYYY-MM-DD";
  if (column.type === "text") return "a text";
  const bounds = [
    column.least === undefined ? null : `>= ${column.least}`,
    column.above === undefined ? null : `> ${column.above}`,
    column.most === undefined ? null : `<= ${column.most}`,
  ].filter((bound) => bound !== null);
  return ["a finite number", ...bounds].join(" ");
}

function absent(column: Column): null | BadCell {
  return column.required === true ? bad("CELL_MISSING", column) : null;
}

function checkedNumber(column: Column, value: number): number | BadCell {
  if (!Number.isFinite(value)) return bad("CELL_NOT_FINITE", column);
  const inRange =
    value >= (column.least ?? -Infinity) &&
    value > (column.above ?? -Infinity) &&
    value <= (column.most ?? Infinity);
  return inRange ? value : bad("CELL_RANGE", column);
}

function checkedText(column: Column, text: string): string | BadCell {
  if (column.type === "day" && parseDay(text) === null) return bad("CELL_TYPE", column);
  if (column.choices !== undefined && !column.choices.includes(text)) return bad("CELL_CHOICE", column);
  return text;
}

function bad(code: ErrorCode, column: Column): BadCell {
  return { code, expected: expectedOf(column) };
}
