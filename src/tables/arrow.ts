import type { Data, DataType, Table } from "apache-arrow";
import type { arrow as Arrow } from "./arrow-package.js";
import { type ColumnFile, exactInteger, foreign } from "./column-file.js";
import { optionalPackage } from "./optional-package.js";

const magic = "ARROW1";
const endOfStream = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** An Arrow table whose cells are made when they are asked for. */
export interface ArrowCells {
  readonly count: number;
  /** Rows of each record batch. */
  readonly batches: readonly number[];
  readonly columns: readonly ArrowColumn[];
}

export interface ArrowColumn {
  readonly name: string;
  readonly cellAt: (row: number) => unknown;
  /** How cells may be read without {@link cellAt}; `absent` = none is there, `other` = not at all. */
  readonly kind: "text" | "coded text" | "number" | "flag" | "absent" | "other";
  /** By record batch. Empty where the column is not cut as the batches are, which no whole file has. */
  readonly data: readonly Data[];
}

/** As {@link arrowCells}, with every cell made. */
export async function readArrow(bytes: Buffer): Promise<ColumnFile> {
  const { count, columns } = await arrowCells(bytes);
  return {
    count,
    columns: columns.map(({ name, cellAt }) => ({
      name,
      cells: Array.from({ length: count }, (_, row) => cellAt(row)),
    })),
  };
}

/**
 * Reads an Arrow IPC file or stream. A file must end in its magic word and a stream in its end mark: the reader itself
 * would take a truncated one for a shorter one.
 *
 * @throws Error where the bytes are not such a file, are cut, or are compressed; MarginError `PACKAGE_MISSING`.
 */
export async function arrowCells(bytes: Buffer): Promise<ArrowCells> {
  const arrow = await loadArrow();
  const isFile = bytes.toString("latin1", 0, magic.length) === magic;
  const isWhole = isFile
    ? bytes.toString("latin1", bytes.length - magic.length) === magic && bytes.length > 2 * magic.length
    : bytes.length > endOfStream.length &&
      bytes.subarray(-endOfStream.length).equals(endOfStream) &&
      bytes.subarray(0, 4).equals(endOfStream.subarray(0, 4));
  if (!isWhole) throw new Error("its end is missing");
  const table = arrow.tableFromIPC(bytes);
  const columns = table.schema.fields.map((field, k) => {
    const vector = table.getChildAt(k);
    const { type } = field;
    const cell = cellOf(type, arrow);
    const cellAt = (row: number): unknown => {
      const value: unknown = vector?.get(row) ?? null;
      return value === null ? null : cell(value);
    };
    return { name: field.name, cellAt, kind: kindOf(type, arrow), data: dataOf(table, k) };
  });
  return { count: table.numRows, batches: table.batches.map(({ numRows }) => numRows), columns };
}

function dataOf(table: Table, column: number): readonly Data[] {
  const data = table.getChildAt(column)?.data ?? [];
  const isCutAlike = table.batches.every(({ numRows }, k) => data[k]?.length === numRows);
  return isCutAlike && data.length === table.batches.length ? data : [];
}

/** Columns whose cells are those of their memory: see {@link cellOf}. */
function kindOf(type: DataType, { DataType: types, Precision }: typeof Arrow): ArrowColumn["kind"] {
  const isText = (own: DataType): boolean => types.isUtf8(own) || types.isLargeUtf8(own);
  if (types.isDictionary(type)) return isText(type.dictionary as DataType) ? "coded text" : "other";
  if (isText(type)) return "text";
  if (types.isBool(type)) return "flag";
  if (types.isNull(type)) return "absent";
  const isNumber = types.isFloat(type) ? type.precision !== Precision.HALF : types.isInt(type);
  return isNumber ? "number" : "other";
}

export async function loadArrow(): Promise<typeof Arrow> {
  return optionalPackage("apache-arrow", async () => (await import("./arrow-package.js")).arrow);
}

const millisecondsADay = 86_400_000;

function cellOf(type: DataType, arrow: typeof Arrow): (value: unknown) => unknown {
  const { DataType: types, Precision, Type } = arrow;
  if (types.isDictionary(type)) return cellOf(type.dictionary as DataType, arrow);
  if (types.isUtf8(type) || types.isLargeUtf8(type) || types.isBool(type)) return (value) => value;
  // Half floats come as their bits.
  if (types.isFloat(type) && type.precision !== Precision.HALF) return (value) => value;
  if (types.isInt(type)) return (value) => (typeof value === "bigint" ? exactInteger(value) : value);
  if (types.isDate(type))
    return (value) =>
      typeof value === "number" && value % millisecondsADay === 0
        ? new Date(value).toISOString().slice(0, 10)
        : foreign("time", value);
  const name = Type[type.typeId] ?? "value";
  return (value) => foreign(name, value);
}
