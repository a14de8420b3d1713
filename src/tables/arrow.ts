import type { DataType } from "apache-arrow";
import type { arrow as Arrow } from "./arrow-package.js";
import { type ColumnFile, exactInteger, foreign } from "./column-file.js";
import { optionalPackage } from "./optional-package.js";

const magic = "ARROW1";
const endOfStream = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** An Arrow table whose cells are made when they are asked for. */
export interface ArrowCells {
  readonly count: number;
  readonly columns: readonly { readonly name: string; readonly cellAt: (row: number) => unknown }[];
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
    const cell = cellOf(field.type, arrow);
    const cellAt = (row: number): unknown => {
      const value: unknown = vector?.get(row) ?? null;
      return value === null ? null : cell(value);
    };
    return { name: field.name, cellAt };
  });
  return { count: table.numRows, columns };
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
