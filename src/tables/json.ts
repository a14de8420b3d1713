import { findNodeAtLocation, type Node, parseTree, visit } from "jsonc-parser";
import { failure, MarginError, type Failure } from "../basics/failure.js";
import { type FileBytes, textOf } from "./file-bytes.js";
import { columnList } from "./schema.js";
import type { TableBuilder } from "./table-builder.js";

/** A JSON document with the means to say where in its file a row stands. */
export interface JsonSource {
  readonly document: unknown;
  readonly file: string | null;
  /** 1-based line of the value at `path`; `null` for a document that was handed over as an object. */
  line(path: readonly (string | number)[]): number | null;
}

/** Parses a JSON file. @throws MarginError `JSON_SYNTAX` with line and column, `FILE_TOO_LARGE`. */
export function parseJsonFile(bytes: FileBytes): JsonSource {
  const text = textOf(bytes);
  const { file } = bytes;
  try {
    const document: unknown = JSON.parse(text);
    return { document, file, line: lineFinder(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const offset = firstErrorOffset(text);
    const before = text.slice(0, offset);
    const column = String(offset - before.lastIndexOf("\n"));
    const value = text.slice(offset, offset + 20);
    const at = { file, line: before.split("\n").length, column, value: value === "" ? null : value };
    throw new MarginError([failure("JSON_SYNTAX", { ...at, expected: "a JSON document" })]);
  }
}

function firstErrorOffset(text: string): number {
  const offsets: number[] = [];
  try {
    visit(text, { onError: (_, offset) => offsets.push(offset) }, { disallowComments: true });
  } catch (error) {
    // Nesting deeper than the stack: the place stays the end of the document.
    if (!(error instanceof RangeError)) throw error;
  }
  return Math.min(text.length, ...offsets.slice(0, 1));
}

/** The tree of places costs many times the document, so it is built when the first place is asked for. */
function lineFinder(text: string): (path: readonly (string | number)[]) => number | null {
  const memory: { root?: Node | null; lineStarts?: number[] } = {};
  return (path) => {
    memory.root ??= parseTree(text) ?? null;
    memory.lineStarts ??= startsOfLines(text);
    const node = memory.root === null ? undefined : findNodeAtLocation(memory.root, [...path]);
    return node === undefined ? null : lineAt(memory.lineStarts, node.offset);
  };
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** 1-based line of an offset: the last line that starts at or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? Infinity) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** Adds the rows of a JSON array of objects that stands at `path` of the document. */
export function addJsonRows(builder: TableBuilder, source: JsonSource, path: readonly string[]): void {
  const { file } = source;
  const rows = path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], source.document);
  const note = (code: Failure["code"], index: number | null, details: Partial<Failure>): void => {
    const line = source.line(index === null ? path : [...path, index]);
    builder.failures.push(failure(code, { file, line, ...details }));
  };
  if (!Array.isArray(rows)) {
    note("JSON_SHAPE", null, { value: builder.name, expected: `${builder.name} as an array of objects` });
    builder.isUnusable = true;
    return;
  }
  const indexOf: number[] = [];
  builder.startFile({ file, line: (k) => source.line([...path, indexOf[k] ?? -1]) });
  const seen = new Set<string>();
  for (const [index, row] of (rows as readonly unknown[]).entries()) {
    if (!isObject(row)) {
      note("JSON_SHAPE", index, { value: `row ${index + 1} of ${builder.name}`, expected: "an object" });
      indexOf.push(index);
      builder.addRefusedRow(null);
      continue;
    }
    for (const name of Object.keys(row)) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (builder.knows(name)) continue;
      note("TABLE_COLUMN_UNKNOWN", index, { column: name, value: name, expected: columnList(builder.name) });
    }
    indexOf.push(index);
    builder.addJsonRow(row);
  }
}

/** An object of JSON: neither an array nor null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
