import { type ErrorCode, errorTable } from "./error-table.js";

/** Where a failure was seen: file, 1-based line and column; `null` where there is no such place. */
export interface Place {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: string | null;
}

/** Bad input as data: what was wrong, where, what stood there, what was expected instead. */
export interface Failure extends Place {
  readonly code: ErrorCode;
  readonly message: string;
  /** Name of the table's column (CSV, JSON) or the 1-based column of a text position, as text. */
  readonly column: string | null;
  /** What stood there, cut to 80 characters. */
  readonly value: string | null;
  readonly expected: string | null;
  /** Set where the failure touches one account alone: that account is incomplete. */
  readonly account?: string;
  /** Set where the failure touches every position in one symbol. */
  readonly symbol?: string;
}

const maxValueLength = 80;

/** The text of a cell for a failure: never longer than 80 characters, so that no file can flood a report. */
export function shownValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : nonText(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}

/** JSON, except that JSON has no NaN and no infinity and would show them as null. */
function nonText(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return JSON.stringify(value) ?? typeof value;
}

/** Builds a failure: fills the holes of its code's sentence from `value`. */
export function failure(
  code: ErrorCode,
  details: Partial<Omit<Failure, "code" | "message" | "value">> & { value?: unknown } = {},
): Failure {
  const { value: raw, ...rest } = details;
  const value = shownValue(raw);
  const message = errorTable[code].message.replace("{value}", () => value ?? "(nothing)");
  return { file: null, line: null, column: null, expected: null, ...rest, code, message, value };
}

/** Thrown where nothing can be computed at all: wrong use, or no usable input. Carries every failure found. */
export class MarginError extends Error {
  readonly code: ErrorCode;
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    const first = failures[0] ?? failure("INTERNAL", { value: "an error without a failure" });
    super(`${first.code}: ${describeFailure(first)}`);
    this.name = "MarginError";
    this.code = first.code;
    this.failures = failures;
  }
}

/** One line for a person: place, sentence, value, expectation. */
export function describeFailure(f: Failure): string {
  const place = [f.file, f.line, f.column].filter((part) => part !== null).join(":");
  const found = f.value === null || f.message.includes(f.value) ? "" : ` (found ${f.value})`;
  const expected = f.expected === null ? "" : `; expected ${f.expected}`;
  return `${place === "" ? "" : `${place}: `}${f.message}${found}${expected}`;
}
