import { tableToIPC, tableFromArrays, vectorFromArray, Utf8, Float64, Table } from "apache-arrow";
import { constantFrom, integer, record, array, type Arbitrary } from "fast-check";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Cell, FileTable } from "./book-files.js";

/** How one file of text is written. */
export interface Style {
  readonly lineEnd: "\n" | "\r\n";
  readonly hasMark: boolean;
  readonly isPacked: boolean;
  readonly endsOpen: boolean;
  /** Order of the columns. */
  readonly turn: number;
  readonly hasEscrow: boolean;
  readonly hasUnknown: boolean;
  /** One for each row, again from the start where there are fewer. */
  readonly rows: readonly RowStyle[];
}

export type RowStyle =
  | "plain"
  | "quoted"
  | "blanks"
  | "exponent"
  | "point"
  | "blank line before"
  | "commas before"
  | "ragged"
  | "broken"
  | "new column"
  | "text for number"
  | "other order"
  | "twice";

const odd: readonly RowStyle[] = [
  "quoted",
  "blanks",
  "exponent",
  "point",
  "blank line before",
  "commas before",
  "ragged",
  "broken",
  "new column",
  "text for number",
  "other order",
  "twice",
];

export function styles(isPlain: boolean): Arbitrary<Style> {
  const row = constantFrom<RowStyle>("plain", "plain", "plain", ...(isPlain ? [] : odd));
  return record({
    lineEnd: constantFrom("\n", "\r\n"),
    hasMark: constantFrom(false, true),
    isPacked: constantFrom(false, true),
    endsOpen: constantFrom(false, true),
    turn: integer({ min: 0, max: 5 }),
    hasEscrow: constantFrom(false, true),
    hasUnknown: constantFrom(false, true),
    // The first line tells the columns.
    rows: array(row, { maxLength: 40 }).map((rows) => ["plain", ...rows] as const),
  });
}

interface Row {
  readonly names: readonly string[];
  readonly cells: readonly Cell[];
  readonly style: RowStyle;
}

function rowsOf({ columns, rows }: FileTable, style: Style): Row[] {
  const more = [
    ...(style.hasEscrow ? [["escrow", null] as const] : []),
    ...(style.hasUnknown ? [["desk", "x 7"] as const] : []),
  ];
  const names = [...Object.keys(columns), ...more.map(([name]) => name)];
  const turned = <T>(list: readonly T[]): T[] => [...list.slice(style.turn), ...list.slice(0, style.turn)];
  return rows.map((cells, k) => ({
    names: turned(names),
    cells: turned([...cells, ...more.map(([, value]) => value)]),
    style: style.rows[k % style.rows.length]!,
  }));
}

function numberText(value: number, style: RowStyle): string {
  if (style === "exponent") return value.toExponential();
  if (style === "text for number")
    return ["0x1F", "1,000.0", "nan", "inf", "1e400", "9007199254740993"][(Math.abs(value) % 6) | 0]!;
  return style === "point" && Number.isInteger(value) ? `${value}.` : String(value);
}

/** A table as CSV. */
export function csvText(table: FileTable, style: Style): string {
  const rows = rowsOf(table, style);
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.flatMap(({ cells, style: own }) => {
    const texts = cells.map((cell) => {
      const text = cell === null ? "" : typeof cell === "number" ? numberText(cell, own) : String(cell);
      const isNeeded = text.includes(",") || text.includes('"');
      const written = isNeeded || (own === "quoted" && text === text.trim()) ? quoted(text) : text;
      return own === "blanks" ? ` ${written}\t` : written;
    });
    const line = texts.join(",");
    if (own === "blank line before") return ["", line];
    if (own === "commas before") return [" ,,", line];
    return [own === "ragged" ? `${line},9` : own === "broken" ? `${line},x,y` : line];
  });
  return textOf([(rows[0]?.names ?? []).join(","), ...lines], style);
}

/** A table as NDJSON. */
export function ndjsonText(table: FileTable, style: Style): string {
  const lines = rowsOf(table, style).flatMap(({ names, cells, style: own }) => {
    const members = names.map((name, k) => {
      const cell = cells[k] ?? null;
      const isText = own === "quoted" || own === "text for number";
      const value =
        typeof cell === "number" && Number.isFinite(cell)
          ? isText
            ? JSON.stringify(numberText(cell, own))
            : own === "point"
              ? String(cell)
              : numberText(cell, own)
          : JSON.stringify(cell);
      return `${JSON.stringify(name)}:${own === "blanks" ? ` ${value}\t` : value}`;
    });
    if (own === "new column") members.push('"note":{"a":[1]}');
    if (own === "twice") members.push('"quantity":7');
    const ordered = own === "other order" ? members.toReversed() : members;
    const line = `{${ordered.join(",")}}`;
    if (own === "blank line before") return ["  ", line];
    return [own === "broken" ? line.slice(0, -1) : own === "ragged" ? `[${line}]` : line];
  });
  return textOf(lines, style);
}

function textOf(lines: readonly string[], { lineEnd, hasMark, endsOpen }: Style): string {
  return `${hasMark ? "\uFEFF" : ""}${lines.join(lineEnd)}${endsOpen ? "" : lineEnd}`;
}

/** @returns the file's path, `.gz` behind it where the style packs. */
export function writeText(path: string, text: string, { isPacked }: Style): string {
  const file = isPacked ? `${path}.gz` : path;
  writeFileSync(file, isPacked ? gzipSync(text) : text);
  return file;
}

/** A table as an Arrow IPC file or stream; text as dictionaries or not. */
export function writeArrowFile(path: string, { columns, rows }: FileTable, isStream: boolean): string {
  const vectors = Object.keys(columns).map((name, k) => {
    const cells = rows.map((row) => row[k] ?? null);
    const isText = columns[name] === "varchar";
    if (isText && isStream) return [name, vectorFromArray(cells as (string | null)[])] as const;
    return [
      name,
      isText ? vectorFromArray(cells, new Utf8()) : vectorFromArray(cells, new Float64()),
    ] as const;
  });
  const table = rows.length === 0 ? tableFromArrays({}) : new Table(Object.fromEntries(vectors));
  writeFileSync(path, tableToIPC(table, isStream ? "stream" : "file"));
  return path;
}
