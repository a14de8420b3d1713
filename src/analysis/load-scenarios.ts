import { readFileSync } from "node:fs";
import { isScalar, LineCounter, parseDocument } from "yaml";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { readTable } from "../tables/read-tables.js";
import type { Table } from "../tables/table.js";
import { scenarioDocument, type StressScenario } from "./stress-scenario.js";

/**
 * Scenarios from a YAML or JSON file (`scenarios: [...]`), or from a table (CSV: one row for each move of a scenario).
 *
 * @throws MarginError `SCENARIOS_SYNTAX`, `SCENARIOS_INVALID` (every entry that is wrong, with its place), `FILE_NOT_FOUND`,
 *   `FILE_UNREADABLE`; of a table whatever a bad cell is: a scenario that is not whole must not look mild.
 */
export function loadScenarios(path: string): StressScenario[] {
  if (/\.csv(\.gz)?$/i.test(path)) return fromTable(path);
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const syntax = document.errors.map((error) => {
    const at = lines.linePos(error.pos[0]);
    const expected = error.message.split("\n")[0] ?? null;
    return failure("SCENARIOS_SYNTAX", { file: path, line: at.line, column: String(at.col), expected });
  });
  if (syntax.length > 0) throw new MarginError(syntax);
  const raw: unknown = document.toJS();
  return checkedScenarios(Array.isArray(raw) ? { scenarios: raw } : raw, (keys) => {
    const inList = Array.isArray(raw) ? keys.slice(1) : keys;
    for (let depth = inList.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(inList.slice(0, depth), true);
      const range = (node as { range?: [number, number, number] } | null)?.range;
      if (!range) continue;
      const at = lines.linePos(range[0]);
      const value = isScalar(node) ? node.value : undefined;
      return { file: path, line: at.line, column: String(at.col), value };
    }
    return { file: path };
  });
}

/** Scenarios that a caller states. @throws MarginError `SCENARIOS_INVALID`. */
export function checkedScenarios(
  raw: unknown,
  placeOf: (
    keys: readonly (string | number)[],
  ) => Partial<Omit<Failure, "value">> & { value?: unknown } = () => ({}),
): StressScenario[] {
  const parsed = scenarioDocument.safeParse(raw);
  if (parsed.success) return parsed.data.scenarios;
  throw new MarginError(
    parsed.error.issues.map((issue) => {
      const keys = issue.path.filter((key): key is string | number => typeof key !== "symbol");
      const expected = `${keys.join(".") || "the scenarios"}: ${issue.message}`;
      const { code: _, message: __, ...place } = placeOf(keys);
      return failure("SCENARIOS_INVALID", { column: keys.join("."), ...place, expected });
    }),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const code = missing ? "FILE_NOT_FOUND" : "FILE_UNREADABLE";
    throw new MarginError([failure(code, { file: path, value: path })]);
  }
}

/** Rows of one name are one scenario; a row that names nothing is its default. */
function fromTable(path: string): StressScenario[] {
  const { table, failures } = readTable("scenarios", [path]);
  if (failures.length > 0) throw new MarginError(failures);
  const byName = new Map<string, number[]>();
  table.text("scenario").forEach((name, row) => {
    if (name !== null) byName.set(name, [...(byName.get(name) ?? []), row]);
  });
  const problems: Failure[] = [];
  const scenarios = [...byName].map(([name, rows]) => scenarioOfRows(name, rows, { table, problems }));
  if (problems.length > 0) throw new MarginError(problems);
  return checkedScenarios({ scenarios });
}

type Draft = Record<string, unknown>;

function scenarioOfRows(
  name: string,
  rows: readonly number[],
  { table, problems }: { readonly table: Table; readonly problems: Failure[] },
): Draft {
  const price: Record<string, Record<string, number>> = { symbols: {}, classGroups: {}, tags: {} };
  const vols: Record<string, Record<string, number>> = { symbols: {}, classGroups: {}, tags: {} };
  const once = new Map<string, number | string>();
  const say = (key: string, value: number | string, row: number): void => {
    if (once.has(key) && once.get(key) !== value)
      problems.push(
        failure("SCENARIOS_INVALID", {
          ...table.place(row),
          value,
          expected: `${once.get(key)}, as another row of ${name}`,
        }),
      );
    once.set(key, value);
  };
  for (const row of rows) {
    const targets = [
      ["symbols", table.text("symbol")[row]],
      ["classGroups", table.text("class_group")[row]],
      ["tags", table.text("tag")[row]],
    ].filter((target): target is [string, string] => typeof target[1] === "string");
    if (targets.length > 1)
      problems.push(
        failure("SCENARIOS_INVALID", {
          ...table.place(row),
          value: name,
          expected: "one of symbol, class_group and tag",
        }),
      );
    const [[kind, target] = ["default", ""]] = targets;
    for (const [column, into] of [
      ["move", price],
      ["volatility_move", vols],
    ] as const) {
      const value = table.number(column)[row] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      say(`${column} ${kind} ${target}`, value, row);
      if (kind !== "default") (into[kind] ?? {})[target] = value;
    }
    for (const column of ["rate_move", "days"]) {
      const value = table.number(column)[row] ?? Number.NaN;
      if (!Number.isNaN(value)) say(column, value, row);
    }
    const unit = table.text("volatility_unit")[row] ?? null;
    if (unit !== null) say("unit", unit, row);
  }
  const defaultMove = once.get("move default ");
  return {
    name,
    ...price,
    ...(defaultMove === undefined ? {} : { default: defaultMove }),
    volatility: {
      ...vols,
      unit: once.get("unit") ?? "relative",
      default: once.get("volatility_move default ") ?? 0,
    },
    rateMove: once.get("rate_move") ?? 0,
    days: once.get("days") ?? 0,
  };
}
