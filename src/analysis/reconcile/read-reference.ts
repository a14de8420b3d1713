import { parse } from "csv-parse/sync";
import { type Failure, failure, MarginError } from "../../basics/failure.js";
import { canonicalSymbol } from "../../contracts/contract-master.js";
import { readTextCell } from "../../tables/cells.js";
import { readFileBytes, textOf } from "../../tables/file-bytes.js";
import type { Column } from "../../tables/schema.js";
import { brokerReference } from "./read-broker.js";
import { levels, type Reference, type ReferenceRow } from "./reference.js";

/** Columns of the plain CSV form; names are exact. */
export const referenceColumns: readonly Column[] = [
  { name: "account", type: "text" },
  { name: "level", type: "text", required: true, choices: levels },
  { name: "id", type: "text", required: true },
  { name: "quantity", type: "number" },
  { name: "multiplier", type: "number", above: 0 },
  { name: "price", type: "number", least: 0 },
  { name: "class_group", type: "text" },
  { name: "product_group", type: "text" },
  { name: "portfolio_group", type: "text" },
  { name: "minimum", type: "number", least: 0 },
  { name: "offset", type: "number", least: 0, most: 1 },
  { name: "margin", type: "number", least: 0 },
  { name: "extreme", type: "number", least: 0 },
];

/**
 * Reads a broker's or a clearing house's figures: the plain CSV form, or a broker's JSON whose spelling is known. Every bad
 * cell is reported, and nothing of a file with one is used: a difference found against half a file would be no finding.
 *
 * @throws MarginError `FILE_FORMAT_UNKNOWN` for forms that are not known, by name; `CSV_SYNTAX`, `CELL_…`, `TABLE_COLUMN_…`.
 */
export function readReference(file: string): Reference {
  const bytes = readFileBytes(file);
  const text = textOf(bytes).replace(/^\uFEFF/, "");
  if (bytes.format !== "csv") return brokerReference(text, file);
  refuseUnconfirmed(text, file);
  return { format: "csv", rows: csvRows(text, file) };
}

/** Statements whose exact spelling nobody could confirm: a guess at a column would be a guess at a requirement. */
function refuseUnconfirmed(text: string, file: string): void {
  const head = text.slice(0, 4096);
  const known: readonly (readonly [RegExp, string])[] = [
    [
      /Portfolio ?Margin ?Details|Extreme Risk Additional Charge|Class Group\b.*\bExtreme\b/i,
      "Portfolio Margin Details of Interactive Brokers",
    ],
    [/"?ClientAccountID|(Statement|Margin Report),Header/, "an Interactive Brokers report"],
    [/^"?Position Statement for/, "a thinkorswim position statement"],
    [/^"?Positions for account/, "a Schwab positions file, which states no requirement"],
    [/Prod Grp.*Class Grp|Clrng Firm/, "an OCC portfolio margin calculator file"],
  ];
  const found = known.find(([pattern]) => pattern.test(head));
  if (found === undefined) return;
  const expected = `the plain CSV form (docs/reconcile.md); this looks like ${found[1]}, whose spelling is not confirmed`;
  throw new MarginError([failure("FILE_FORMAT_UNKNOWN", { file, value: file, expected })]);
}

interface CsvRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function csvRows(text: string, file: string): ReferenceRow[] {
  let records: CsvRecord[];
  try {
    records = parse(text, { trim: true, skip_empty_lines: true, info: true }) as unknown as CsvRecord[];
  } catch (error) {
    const expected = error instanceof Error ? error.message : null;
    throw new MarginError([failure("CSV_SYNTAX", { file, expected })]);
  }
  const [head, ...rest] = records;
  const header = head?.record ?? [];
  const failures = headerFailures(header, file);
  const rows = rest
    .filter(({ record }) => record.some((cell) => cell !== ""))
    .map(({ record, info }) => csvRow(header, record, { file, line: info.lines, failures }));
  if (failures.length > 0) throw new MarginError(failures);
  return rows;
}

function headerFailures(header: readonly string[], file: string): Failure[] {
  const names = referenceColumns.map(({ name }) => name);
  const expected = names.join(", ");
  const place = { file, line: 1, expected };
  const unknown = header.filter((name) => !names.includes(name));
  const twice = header.filter((name, k) => header.indexOf(name) !== k);
  const missing = referenceColumns.filter(({ name, required }) => required && !header.includes(name));
  return [
    ...unknown.map((name) => failure("TABLE_COLUMN_UNKNOWN", { ...place, column: name, value: name })),
    ...twice.map((name) => failure("TABLE_COLUMN_DUPLICATE", { ...place, column: name, value: name })),
    ...missing.map(({ name }) => failure("TABLE_COLUMN_MISSING", { ...place, column: name, value: name })),
  ];
}

function csvRow(
  header: readonly string[],
  record: readonly string[],
  at: { readonly file: string; readonly line: number; readonly failures: Failure[] },
): ReferenceRow {
  const cells = new Map<string, string | number | boolean | null>();
  for (const column of referenceColumns) {
    const text = record[header.indexOf(column.name)] ?? "";
    if (text === "" && !header.includes(column.name)) continue;
    const read = readTextCell(column, text);
    if (typeof read !== "object" || read === null) cells.set(column.name, read);
    else {
      const { file, line } = at;
      const place = { file, line, column: column.name, value: text, expected: read.expected };
      at.failures.push(failure(read.code, place));
    }
  }
  const textCell = (name: string): string | null => (cells.get(name) ?? null) as string | null;
  const numberCell = (name: string): number | null => (cells.get(name) ?? null) as number | null;
  const level = levels.find((name) => name === cells.get("level")) ?? "account";
  const id = textCell("id") ?? "";
  return {
    account: level === "account" ? id : textCell("account"),
    level,
    id: level === "symbol" ? canonicalSymbol(id) : id,
    quantity: numberCell("quantity"),
    multiplier: numberCell("multiplier"),
    price: numberCell("price"),
    classGroup: textCell("class_group"),
    productGroup: textCell("product_group"),
    portfolioGroup: textCell("portfolio_group"),
    minimumUsd: numberCell("minimum"),
    offset: numberCell("offset"),
    marginUsd: numberCell("margin"),
    extremeUsd: numberCell("extreme"),
  };
}
