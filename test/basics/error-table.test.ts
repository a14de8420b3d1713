import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorDocs, errorDocsFile, writeErrorDocs } from "../../scripts/write-error-docs.js";
import { type ErrorCode, errorTable } from "../../src/basics/error-table.js";
import { describeFailure, failure, MarginError, shownValue } from "../../src/basics/failure.js";

if (process.env["WRITE_DOCS"] === "1") writeErrorDocs();
const page = readFileSync(errorDocsFile, "utf8");
const codes = Object.keys(errorTable) as ErrorCode[];

test("docs/errors.md is what the table generates", () => {
  expect(page).toBe(errorDocs());
});

test("every code has its section with its remedy, and every section is a code", () => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual(codes);
  for (const code of codes) {
    const section = page.split(`## ${code}\n`)[1]?.split("\n## ")[0];
    expect(section).toContain(errorTable[code].remedy);
  }
});

test("codes are capitals, sentences and remedies are whole", () => {
  for (const code of codes) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(errorTable[code].remedy).toMatch(/\.$/);
    expect(errorTable[code].message).not.toMatch(/\.$/);
    expect(errorTable[code].message.replace("{value}", "")).not.toMatch(/[{}]/);
  }
});

test("a failure fills its sentence and cuts what it shows", () => {
  const long = failure("SYMBOL_INVALID", { value: "x".repeat(1000), line: 3, file: "p.csv" });
  expect(long.value).toBe(`${"x".repeat(80)}…`);
  expect(describeFailure(long)).toBe(
    `p.csv:3: ${"x".repeat(80)}… is neither an option symbol nor a symbol of an underlying`,
  );
  expect(failure("CELL_TYPE", { value: "1,000", expected: "a finite number" })).toEqual({
    code: "CELL_TYPE",
    message: "a cell has the wrong type",
    file: null,
    line: null,
    column: null,
    value: "1,000",
    expected: "a finite number",
  });
  // A value may itself hold what a replacement pattern would expand.
  expect(failure("USAGE", { value: "$& {value}" }).message).toBe("$& {value}");
});

test("shownValue: what JSON cannot say stays readable", () => {
  expect([NaN, Infinity, null, undefined, true, { a: 1 }].map((value) => shownValue(value))).toEqual([
    "NaN",
    "Infinity",
    null,
    null,
    "true",
    '{"a":1}',
  ]);
});

test("MarginError tells the first failure and carries all", () => {
  const failures = [failure("FILE_EMPTY", { file: "a.csv" }), failure("FILE_EMPTY", { file: "b.csv" })];
  const error = new MarginError(failures);
  expect(error.code).toBe("FILE_EMPTY");
  expect(error.message).toBe("FILE_EMPTY: a.csv: the file holds no data");
  expect(error.failures).toHaveLength(2);
});
