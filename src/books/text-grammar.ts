import { parse } from "csv-parse/sync";
import { isObject } from "../tables/json.js";
import { schema } from "../tables/schema.js";
import type { TextLines } from "./text-lines.js";

/**
 * Lines of a text file that need no judgement: one record each, printable ASCII, with numbers written plainly. Every other
 * line is left to the file's own reader.
 */
export interface LineGrammar {
  /** A regular expression (RE2) for a whole line. */
  readonly plain: string;
  /** Its groups, columns of the positions; quotes around a cell are in them. */
  readonly groups: readonly string[];
  /** Most lines of CSV have neither quotes nor blanks around cells: matched without groups and split at commas, they take half the time. */
  readonly bare: { readonly pattern: string; readonly names: readonly string[] } | null;
  /** A regular expression for whole lines that are passed over. */
  readonly blank: string;
  /** A regular expression for whole lines that are records of their own, whatever their cells say; another line may go on in the next. */
  readonly whole: string;
  /** Lines above the rows: a header. */
  readonly headLines: number;
  /** 0-based lines that the file's own reader is shown beside any others: the header, the first use of an unknown column. */
  readonly shown: readonly number[];
}

/** Null where the first lines do not tell columns, one each, of which a run has enough. */
export function grammarOf({ format, first }: TextLines): LineGrammar | null {
  const lines = first.map((line) => line.replace(/^\uFEFF/, ""));
  return format === "csv" ? csvGrammar(lines[0] ?? "") : ndjsonGrammar(lines);
}

const digits = String.raw`[0-9]{1,15}(?:\.[0-9]{1,12})?`;
const bare = String.raw`[!#-+\--~](?:[ !#-+\--~]*[!#-+\--~])?`;
const quoted = `"[!#-~](?:[ !#-~]*[!#-~])?"`;

/** By column of the positions: the cell between commas, blanks around it left away. */
const csvCells: ReadonlyMap<string, string> = new Map([
  ["account", `(${bare}|${quoted})`],
  ["symbol", `(${bare}|${quoted})`],
  ["quantity", `([+-]?${digits}|"[+-]?${digits}")`],
  ["price", `(${digits}|"${digits}"|)`],
  ["trade_price", `(${digits}|"${digits}"|)`],
  ["escrow", "(?:true|false|)"],
]);
const bareCsvCells: ReadonlyMap<string, string> = new Map([
  ["account", bare],
  ["symbol", bare],
  ["quantity", `[+-]?${digits}`],
  ["price", `(?:${digits}|)`],
  ["trade_price", `(?:${digits}|)`],
  ["escrow", "(?:true|false|)"],
]);
const otherCsvCell = `(?:${bare}|${quoted}|)`;

function csvGrammar(header: string): LineGrammar | null {
  if (/["\r\n]/.test(header) || header.trim() === "") return null;
  const [names = []] = parse(header, { trim: true });
  if (new Set(names).size !== names.length || !hasRequired(names)) return null;
  const cells = names.map((name) => ` *${csvCells.get(name) ?? otherCsvCell} *`);
  const anyCell = ` *(?:"(?:[^"]|"")*"|[^",]*) *`;
  return {
    plain: cells.join(","),
    groups: names.filter(isGroup),
    bare: { pattern: names.map((name) => bareCsvCells.get(name) ?? `(?:${bare}|)`).join(","), names },
    blank: "[ ,]*",
    whole: `${anyCell}(?:,${anyCell})*`,
    headLines: 1,
    shown: [0],
  };
}

const jsonDigits = String.raw`(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?`;
const jsonText = String.raw`[!#-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?`;

/** By column of the positions: its value. */
const jsonValues: ReadonlyMap<string, string> = new Map([
  ["account", `"(${jsonText})"`],
  ["symbol", `"(${jsonText})"`],
  ["quantity", `(-?${jsonDigits})`],
  ["price", `(?:(${jsonDigits})|null)`],
  ["trade_price", `(?:(${jsonDigits})|null)`],
  ["escrow", "(?:true|false|null)"],
]);
const otherJsonValue = String.raw`(?:"[ !#-\[\]-~]*"|-?${jsonDigits}|true|false|null)`;

/** For objects that have the keys of the fullest one among the first lines in its order, but for some that may be left away. */
function ndjsonGrammar(lines: readonly string[]): LineGrammar | null {
  const rows = lines.map((line) => Object.keys(objectOf(line)));
  const keys = rows.reduce((most, names) => (names.length > most.length ? names : most), []);
  if (!hasRequired(keys) || !keys.every((key) => /^[\w .-]+$/.test(key))) return null;
  const needed = keys.findIndex(isRequired);
  const members = keys.map((key, k) => {
    const member = `"${key.replaceAll(".", String.raw`\.`)}" *: *${jsonValues.get(key) ?? otherJsonValue} *`;
    if (k < needed) return `(?:${member}, *)?`;
    if (k === needed) return member;
    return isRequired(key) ? `, *${member}` : `(?:, *${member})?`;
  });
  const unknown = keys.filter((key) => !jsonValues.has(key));
  return {
    plain: String.raw` *\{ *${members.join("")}\} *`,
    groups: keys.filter(isGroup),
    bare: null,
    blank: " *",
    whole: ".*",
    headLines: 0,
    shown: unknown.map((key) => rows.findIndex((names) => names.includes(key))),
  };
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const row = JSON.parse(line) as unknown;
    return isObject(row) ? row : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function isGroup(name: string): boolean {
  return name !== "escrow" && csvCells.has(name);
}

function isRequired(name: string): boolean {
  return schema.positions.some((column) => column.name === name && column.required === true);
}

function hasRequired(names: readonly string[]): boolean {
  return schema.positions.every(({ name, required }) => required !== true || names.includes(name));
}
