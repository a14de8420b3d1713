import type { ArrowCells, ArrowColumn } from "../tables/arrow.js";
import { type ArrowPart, arrowParts, fillNumbers, isAbsent, markOther } from "../tables/arrow-columns.js";
import { ArrowTexts } from "../tables/arrow-texts.js";
import type { OutColumn } from "../tables/write-columns.js";

const rowsAPart = 65_536;

interface Numbers {
  readonly name: string;
  readonly column: ArrowColumn;
  readonly cells: Float64Array;
}

interface Texts {
  readonly name: string;
  readonly texts: ArrowTexts;
  readonly codes: Int32Array;
}

/**
 * The positions of an Arrow table as columns, so many rows at a time: account and symbol by codes, quantity, and the prices of
 * which any is there. Each part lies in the memory of the one before.
 */
export class PositionParts implements Iterable<OutColumn[]> {
  readonly #cells: ArrowCells;
  readonly #numbers: readonly Numbers[];
  readonly #texts: readonly Texts[];
  readonly #escrow: ArrowColumn | undefined;
  /** By row of a part: 1 = a cell is of another type than its column. */
  readonly #isOther: Uint8Array;
  readonly #counts = new Map<string, number>();

  /** @param cells with each column once */
  constructor(cells: ArrowCells) {
    this.#cells = cells;
    const rows = Math.min(rowsAPart, cells.count);
    const named = (...names: readonly string[]): ArrowColumn[] =>
      names.flatMap((name) => cells.columns.find((column) => column.name === name) ?? []);
    const prices = named("price", "trade_price").filter((column) => !isAbsent(column));
    this.#numbers = [...named("quantity"), ...prices].map((column) => {
      return { name: column.name, column, cells: new Float64Array(rows) };
    });
    this.#texts = named("account", "symbol").map((column) => {
      return { name: column.name, texts: new ArrowTexts(column), codes: new Int32Array(rows) };
    });
    [this.#escrow] = named("escrow");
    this.#isOther = new Uint8Array(rows);
  }

  /** By column of the parts, once they are made: how many cells can be used. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Code by text, of `account` or `symbol`, once the parts are made. */
  codes(name: string): ReadonlyMap<string, number> {
    return this.#texts.find((column) => column.name === name)?.texts.codes ?? new Map<string, number>();
  }

  *[Symbol.iterator](): Generator<OutColumn[]> {
    for (const part of arrowParts(this.#cells, rowsAPart)) {
      this.#fill(part);
      yield [
        ...this.#numbers.map(({ name, cells }) => {
          return { name, type: "number", cells: cells.subarray(0, part.rows) } as const;
        }),
        ...this.#texts.map(({ name, codes }) => {
          return { name, type: "code", codes: codes.subarray(0, part.rows), texts: [] } as const;
        }),
      ];
    }
  }

  /** A row with a cell of another type loses its quantity, so that it is judged cell by cell. */
  #fill(part: ArrowPart): void {
    const isOther = this.#isOther.fill(0);
    for (const { column, cells } of this.#numbers) fillNumbers(column, part, { cells, isOther });
    if (this.#escrow !== undefined) markOther(this.#escrow, part, isOther);
    const quantity = this.#numbers[0]?.cells;
    if (quantity !== undefined)
      for (let k = 0; k < part.rows; k++) if (isOther[k] === 1) quantity[k] = Number.NaN;
    for (const { texts, codes } of this.#texts) texts.fill(part, codes);
    for (const { name, cells } of this.#numbers) this.#add(name, numberCount(cells, part.rows));
    for (const { name, codes } of this.#texts) this.#add(name, codeCount(codes, part.rows));
  }

  #add(name: string, count: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }
}

function numberCount(cells: Float64Array, rows: number): number {
  let count = 0;
  for (let k = 0; k < rows; k++) if (!Number.isNaN(cells[k])) count++;
  return count;
}

function codeCount(codes: Int32Array, rows: number): number {
  let count = 0;
  for (let k = 0; k < rows; k++) if (codes[k] !== -1) count++;
  return count;
}
