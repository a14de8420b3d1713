import { readFileSync } from "node:fs";
import { isScalar, LineCounter, parseDocument } from "yaml";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { scenariosOfTable } from "./scenario-table.js";
import { scenarioDocument, type StressScenario, type StressScenarioInput } from "./stress-scenario.js";

/**
 * Scenarios from a YAML or JSON file (`scenarios: [...]`), or from a table (CSV: one row for each move of a scenario).
 *
 * @throws MarginError `SCENARIOS_SYNTAX`, `SCENARIOS_INVALID` (every entry that is wrong, with its place), `FILE_NOT_FOUND`,
 *   `FILE_UNREADABLE`; of a table whatever a bad cell is: a scenario that is not whole must not look mild.
 */
export function loadScenarios(path: string): StressScenario[] {
  if (/\.csv(\.gz)?$/i.test(path)) return checkedScenarios({ scenarios: scenariosOfTable(path) });
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

/** Scenarios given as objects, checked; none is none. */
export function listedScenarios(
  scenarios: readonly StressScenarioInput[],
): ReturnType<typeof checkedScenarios> {
  return scenarios.length === 0 ? [] : checkedScenarios({ scenarios });
}
