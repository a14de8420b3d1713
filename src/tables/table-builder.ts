import { nulls, numbersOf } from "../basics/collections.js";
import { type Failure, failure, type Place } from "../basics/failure.js";
import { type BadCell, type CellValue, readJsonCell, readTextCell } from "./cells.js";
import { type Column, schema, seriesColumn } from "./schema.js";
import type { Table, TableName } from "./table.js";

/** Where the rows of one file stand: `line(k)` is the 1-based line of its k-th row. */
export interface RowSource {
  readonly file: string | null;
  line(index: number): number | null;
}

interface Segment extends RowSource {
  readonly firstRow: number;
}

/** Fills one table's columns row by row from any number of files, with a failure for each bad cell. */
export class TableBuilder {
  readonly columns: Column[];
  readonly values: CellValue[][];
  readonly failures: Failure[] = [];
  /** A file of this table says nothing that can be used: a required column is missing, or it is no table at all. */
  isUnusable = false;
  readonly #rejected: number[] = [];
  /** By column: a cell of it was given. */
  readonly #given: boolean[] = [];
  readonly #segments: Segment[] = [];

  constructor(readonly name: TableName) {
    this.columns = [...schema[name]];
    this.values = this.columns.map(() => []);
  }

  get count(): number {
    return this.#rejected.length;
  }

  /** Whether the table has this column; one of a numbered series is added, empty in the rows so far. */
  knows(column: string): boolean {
    if (this.columns.some(({ name }) => name === column)) return true;
    const ofSeries = seriesColumn(this.name, column);
    if (ofSeries === undefined) return false;
    this.columns.push(ofSeries);
    this.values.push(noCells(this.count));
    return true;
  }

  /** The rows added from now on come from `source`. */
  startFile(source: RowSource): void {
    this.#segments.push({ file: source.file, line: (index) => source.line(index), firstRow: this.count });
  }

  /**
   * Adds a row of CSV cells; `cellOf[c]` is the index of schema column c in `cells`, -1 where the file has no such
   * column. A missing required column rejects the row silently: its failure stands for the whole file.
   */
  addCsvRow(cells: readonly string[], cellOf: readonly number[]): void {
    const row = this.#startRow();
    for (const [c, column] of this.columns.entries()) {
      const index = cellOf[c] ?? -1;
      if (index >= 0) this.#set(row, c, readTextCell(column, cells[index] ?? ""), cells[index]);
      else if (column.required === true) this.#rejected[row] = 1;
    }
    this.#nameRow(row);
  }

  addJsonRow(object: Readonly<Record<string, unknown>>): void {
    this.addCells((c) => {
      const name = this.columns[c]?.name ?? "";
      return Object.hasOwn(object, name) ? object[name] : undefined;
    });
  }

  /** Adds a row of typed values: `cell(c)` is that of schema column c, `null` or undefined where it is absent. */
  addCells(cell: (c: number) => unknown): void {
    const row = this.#startRow();
    for (const [c, column] of this.columns.entries()) {
      const raw = cell(c);
      this.#set(row, c, readJsonCell(column, raw), raw);
    }
    this.#nameRow(row);
  }

  /**
   * Adds rows of typed values column by column: `cellsOf[c]` are those of schema column c. The same as {@link addCells} of one
   * row after another, and what is done where a cell is bad, so that failures stand in the order of rows.
   */
  addColumns(count: number, cellsOf: readonly (readonly unknown[] | undefined)[]): void {
    const none = noCells(count);
    const read = this.columns.map((column, c) => readColumn(column, none, cellsOf[c]));
    if (read.includes(null)) {
      for (let row = 0; row < count; row++) this.addCells((c) => cellsOf[c]?.[row] ?? null);
      return;
    }
    const isFirst = this.count === 0;
    for (const [c, cells] of read.entries()) {
      this.#given[c] ||= cellsOf[c] !== undefined;
      if (isFirst) this.values[c] = cells ?? [];
      else for (const cell of cells ?? []) this.values[c]?.push(cell);
    }
    for (let row = 0; row < count; row++) this.#rejected.push(0);
  }

  /**
   * A row that could not be read as cells: rejected, with every cell absent but the account, where it is known, so
   * that the account is not lost with its row.
   */
  addRefusedRow(account: string | null): void {
    const row = this.#startRow();
    this.#rejected[row] = 1;
    const first = this.columns[0];
    if (first?.name === "account" && first.key === undefined) this.#set(row, 0, account, account);
  }

  reject(row: number): void {
    this.#rejected[row] = 1;
  }

  place(row: number, column: string | null): Place {
    const segment = this.#segments.findLast((candidate) => candidate.firstRow <= row);
    if (segment === undefined) return { file: null, line: null, column };
    return { file: segment.file, line: segment.line(row - segment.firstRow), column };
  }

  /** `account` or `symbol` of a row, as a failure carries it. */
  identity(row: number): { account?: string; symbol?: string } {
    const first = this.columns[0]?.name;
    const value = this.values[0]?.[row];
    if (typeof value !== "string" || (first !== "account" && first !== "symbol")) return {};
    return first === "account" ? { account: value } : { symbol: value };
  }

  build(): Table {
    const { values, columns, name, count } = this;
    const known = new Map(columns.map((each, c) => [each.name, values[c]] as const));
    const column = (wanted: string): readonly CellValue[] => known.get(wanted) ?? noCells(count);
    const given = new Set(columns.filter((_, c) => this.#given[c]).map((each) => each.name));
    const numbersIn = (wanted: string): Float64Array =>
      given.has(wanted)
        ? numbersOf(column(wanted), (cell) => Number(cell ?? Number.NaN))
        : new Float64Array(count).fill(Number.NaN);
    const numbers = new Map<string, Float64Array>();
    return {
      name,
      count,
      columns: columns.map(({ name: each }) => each),
      rejected: Uint8Array.from(this.#rejected),
      isAbsent: (wanted) => !given.has(wanted),
      text: (wanted) => column(wanted) as readonly (string | null)[],
      flag: (wanted) => column(wanted) as readonly (boolean | null)[],
      number: (wanted) => {
        const made = numbers.get(wanted) ?? numbersIn(wanted);
        numbers.set(wanted, made);
        return made;
      },
      place: (row, wanted) => this.place(row, wanted ?? null),
    };
  }

  #unnamed = 0;

  #startRow(): number {
    this.#unnamed = this.failures.length;
    for (const column of this.values) column.push(null);
    return this.#rejected.push(0) - 1;
  }

  #set(row: number, c: number, value: CellValue | BadCell, raw: unknown): void {
    if (value === null || typeof value !== "object") {
      const column = this.values[c];
      if (column !== undefined) column[row] = value;
      if (value !== null) this.#given[c] = true;
      return;
    }
    this.#rejected[row] = 1;
    const place = this.place(row, this.columns[c]?.name ?? null);
    this.failures.push(
      failure(value.code, { ...place, value: raw === "" ? null : raw, expected: value.expected }),
    );
  }

  /** Puts the row's account or symbol into the failures that the row made. */
  #nameRow(row: number): void {
    for (let k = this.#unnamed; k < this.failures.length; k++) {
      const made = this.failures[k];
      if (made !== undefined) this.failures[k] = { ...made, ...this.identity(row) };
    }
  }
}

/** The cells of a column as a table keeps them; null where one of them is bad. `none` are as many that are absent. */
function readColumn(
  column: Column,
  none: readonly CellValue[],
  cells: readonly unknown[] | undefined,
): CellValue[] | null {
  const values = none.slice();
  if (cells === undefined && column.required !== true) return values;
  for (let row = 0; row < none.length; row++) {
    const value = readJsonCell(column, cells?.[row] ?? null);
    if (value !== null && typeof value === "object") return null;
    values[row] = value;
  }
  return values;
}

function noCells(count: number): CellValue[] {
  return nulls(count);
}
