import { type Failure, failure, MarginError } from "../basics/failure.js";
import { readTable } from "../tables/read-tables.js";
import type { Table } from "../tables/table.js";

type Moves = Record<"symbols" | "classGroups" | "tags", Record<string, number>>;

/**
 * Scenarios of a table: rows of one name are one scenario, and a row that names no symbol, class group or tag is its default.
 *
 * @throws MarginError with every bad row and every contradiction.
 */
export function scenariosOfTable(path: string): object[] {
  const { table, failures } = readTable("scenarios", [path]);
  if (failures.length > 0) throw new MarginError(failures);
  const rowsOf = new Map<string, number[]>();
  table.text("scenario").forEach((name, row) => {
    if (name === null) return;
    const known = rowsOf.get(name);
    if (known === undefined) rowsOf.set(name, [row]);
    else known.push(row);
  });
  const problems: Failure[] = [];
  const scenarios = [...rowsOf].map(([name, rows]) => {
    const draft = new Draft(name, table, problems);
    for (const row of rows) draft.add(row);
    return draft.scenario();
  });
  if (problems.length > 0) throw new MarginError(problems);
  return scenarios;
}

/** One scenario while its rows are read. */
class Draft {
  readonly #price: Moves = { symbols: {}, classGroups: {}, tags: {} };
  readonly #volatility: Moves = { symbols: {}, classGroups: {}, tags: {} };
  /** What was said so far, by what it is about. */
  readonly #said = new Map<string, number | string>();

  constructor(
    readonly name: string,
    readonly table: Table,
    readonly problems: Failure[],
  ) {}

  add(row: number): void {
    const { table } = this;
    const target = this.#target(row);
    for (const [column, into] of [
      ["move", this.#price],
      ["volatility_move", this.#volatility],
    ] as const) {
      const value = table.number(column)[row] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      this.#say(target === null ? column : `${column} ${target.kind} ${target.name}`, value, row);
      if (target !== null) into[target.kind][target.name] = value;
    }
    for (const column of ["rate_move", "days"]) {
      const value = table.number(column)[row] ?? Number.NaN;
      if (!Number.isNaN(value)) this.#say(column, value, row);
    }
    const unit = table.text("volatility_unit")[row] ?? null;
    if (unit !== null) this.#say("volatility_unit", unit, row);
  }

  scenario(): object {
    const said = this.#said;
    const move = said.get("move");
    return {
      name: this.name,
      ...this.#price,
      ...(move === undefined ? {} : { default: move }),
      volatility: {
        ...this.#volatility,
        unit: said.get("volatility_unit") ?? "relative",
        default: said.get("volatility_move") ?? 0,
      },
      rateMove: said.get("rate_move") ?? 0,
      days: said.get("days") ?? 0,
    };
  }

  /** `null` for a row of the default. */
  #target(row: number): { readonly kind: keyof Moves; readonly name: string } | null {
    const columns = [
      ["symbols", "symbol"],
      ["classGroups", "class_group"],
      ["tags", "tag"],
    ] as const;
    const named = columns.flatMap(([kind, column]) => {
      const name = this.table.text(column)[row] ?? null;
      return name === null ? [] : [{ kind, name }];
    });
    if (named.length > 1) this.#problem(row, this.name, "one of symbol, class_group and tag");
    return named[0] ?? null;
  }

  #say(about: string, value: number | string, row: number): void {
    const known = this.#said.get(about);
    if (known !== undefined && known !== value)
      this.#problem(row, value, `${known}, as another row of ${this.name}`);
    this.#said.set(about, value);
  }

  #problem(row: number, value: number | string, expected: string): void {
    this.problems.push(failure("SCENARIOS_INVALID", { ...this.table.place(row), value, expected }));
  }
}
