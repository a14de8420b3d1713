import type { Data } from "apache-arrow";
import type { ArrowCells, ArrowColumn } from "./arrow.js";

/** Consecutive rows of one record batch, from its row `from` on; the first is row `at` of the part. */
export interface Piece {
  readonly batch: number;
  readonly from: number;
  readonly count: number;
  readonly at: number;
}

/** Consecutive rows of a table, whatever its batches are. */
export interface ArrowPart {
  /** 0-based, in the table. */
  readonly first: number;
  readonly rows: number;
  readonly pieces: readonly Piece[];
}

/** Cuts a table into parts of so many rows at most; one empty part where it has none. */
export function* arrowParts(
  { count, batches }: Pick<ArrowCells, "count" | "batches">,
  most: number,
): Generator<ArrowPart> {
  let [batch, from] = [0, 0];
  for (let first = 0; first === 0 || first < count; first += most) {
    const rows = Math.min(most, count - first);
    const pieces: Piece[] = [];
    for (let at = 0; at < rows;) {
      const left = (batches[batch] ?? 0) - from;
      const taken = Math.min(left, rows - at);
      if (taken > 0) pieces.push({ batch, from, count: taken, at });
      at += taken;
      [batch, from] = taken === left ? [batch + 1, 0] : [batch, from + taken];
    }
    yield { first, rows, pieces };
  }
}

/** Where numbers go, by row of a part. */
export interface NumberCells {
  /** NaN where a cell is absent or no number; never -0. */
  readonly cells: Float64Array;
  /** 1 where a cell is there and no number; NaN is none either. Else as it was. */
  readonly isOther: Uint8Array;
}

/** Writes a column's numbers: as they lie in memory where their type allows it, else cell by cell. */
export function fillNumbers(column: ArrowColumn, { first, pieces }: ArrowPart, into: NumberCells): void {
  for (const piece of pieces) {
    const data = column.data[piece.batch];
    const values = column.kind === "number" ? data?.values : null;
    // What is shorter than its batch has rows that are absent.
    const isThere = values instanceof Float64Array || values instanceof Float32Array || isIntegers(values);
    if (data !== undefined && isThere && values.length >= data.length) copyNumbers(values, data, piece, into);
    else fillCells(column, first, piece, into);
  }
}

export type Integers = Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array;

/** Of 32 bits at most. */
export function isIntegers(values: unknown): values is Integers {
  const types = [Int32Array, Int16Array, Int8Array, Uint32Array, Uint16Array, Uint8Array];
  return types.some((type) => values instanceof type);
}

function copyNumbers(
  values: Float64Array | Float32Array | Integers,
  data: Data,
  { from, count, at }: Piece,
  { cells, isOther }: NumberCells,
): void {
  const bits = validityOf(data);
  for (let k = 0; k < count; k++) {
    const isThere = bits === null || isValid(bits, data.offset + from + k);
    const value = isThere ? (values[from + k] ?? Number.NaN) : Number.NaN;
    cells[at + k] = value + 0;
    if (isThere && Number.isNaN(value)) isOther[at + k] = 1;
  }
}

function fillCells(
  { cellAt }: ArrowColumn,
  first: number,
  { count, at }: Piece,
  { cells, isOther }: NumberCells,
): void {
  for (let k = at; k < at + count; k++) {
    const value = cellAt(first + k);
    cells[k] = typeof value === "number" ? value + 0 : Number.NaN;
    if (value !== null && Number.isNaN(cells[k])) isOther[k] = 1;
  }
}

/** Sets 1 where a cell is neither a flag nor absent. */
export function markOther(
  { kind, cellAt }: ArrowColumn,
  { first, rows }: ArrowPart,
  isOther: Uint8Array,
): void {
  if (kind === "flag" || kind === "absent") return;
  for (let k = 0; k < rows; k++) {
    const value = cellAt(first + k);
    if (value !== null && typeof value !== "boolean") isOther[k] = 1;
  }
}

/** Whether no cell is there, as far as can be told at a glance. */
export function isAbsent({ kind, data }: ArrowColumn): boolean {
  return (
    kind === "absent" ||
    (data.length > 0 && data.every((own) => validityOf(own)?.every((bits) => bits === 0)))
  );
}

/** The bits of a batch that say which rows have a cell; null where all have. */
export function validityOf({ nullable, nullCount, nullBitmap }: Data): Uint8Array | null {
  return nullable && nullCount > 0 ? nullBitmap : null;
}

export function isValid(bits: Uint8Array, at: number): boolean {
  return (((bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
}
