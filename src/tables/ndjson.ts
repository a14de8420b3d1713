import { isUtf8 } from "node:buffer";
import { failure } from "../basics/failure.js";
import { type FileBytes, partRead } from "./file-bytes.js";
import { isObject } from "./json.js";
import { columnList } from "./schema.js";
import type { TableBuilder } from "./table-builder.js";

const lineFeed = 10;

/**
 * Adds the rows of an NDJSON file: one JSON object a line, blank lines passed over, LF or CRLF. A line that is no object
 * is reported and left out, with its account where that can still be told; reading goes on at the next line.
 */
export function addNdjsonFile(builder: TableBuilder, source: FileBytes): void {
  const { file } = source;
  const { bytes, lineOf } = partRead(source);
  const lines: number[] = [];
  const seen = new Set<string>();
  builder.startFile({ file, line: (index) => lines[index] ?? null });
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const found = bytes.indexOf(lineFeed, start);
    const end = found === -1 ? bytes.length : found;
    const piece = bytes.subarray(start, end);
    start = end + 1;
    const text = piece.toString("utf8").replace(/^\uFEFF/, "");
    if (text.trim() === "") continue;
    const line = lineOf(number);
    lines.push(line);
    const row = isUtf8(piece) ? parsed(text) : undefined;
    if (!isObject(row)) {
      refuse(builder, { file, line }, text);
      continue;
    }
    for (const name of Object.keys(row)) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (builder.knows(name)) continue;
      const expected = columnList(builder.name);
      builder.failures.push(
        failure("TABLE_COLUMN_UNKNOWN", { file, line, column: name, value: name, expected }),
      );
    }
    builder.addJsonRow(row);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function refuse(builder: TableBuilder, at: { file: string; line: number }, text: string): void {
  const account = builder.columns[0]?.name === "account" ? accountIn(text) : null;
  const details = { ...at, value: text, expected: "one JSON object, in UTF-8" };
  builder.failures.push(failure("JSON_SYNTAX", account === null ? details : { ...details, account }));
  builder.addRefusedRow(account);
}

/** The account of a broken line: its first key of that name with a text without escapes, blanks alone being none. */
function accountIn(text: string): string | null {
  const found = /"account"\s*:\s*"([^"\\\uFFFD]+)"/.exec(text)?.[1]?.trim() ?? "";
  return found === "" ? null : found;
}
