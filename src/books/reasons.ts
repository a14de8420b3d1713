import { worstOfTypes } from "../requirement/portfolio-margin.js";
import type { ClassGroup } from "../risk/grid-set.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { Scenario } from "../scenarios/grid.js";
import type { AccountColumns } from "../valuation/account-columns.js";
import type { BookGroup, BookLayout } from "./layout.js";

/** Texts of what requirements stand on, each once: accounts carry its number. */
export class Reasons {
  readonly texts: string[] = [];
  readonly #at = new Map<string, number>();
  readonly #layout: BookLayout;
  readonly #classGroups: readonly ClassGroup[];
  readonly #scenariosOf: (classGroup: ClassGroup) => readonly Scenario[];
  /** By group and scenario: the number of the label where all classes of the group have one; -1 as long as nobody asked. */
  readonly #codes: Int32Array;
  /** By group and scenario: the number of the label by the classes held, where they have several. */
  readonly #known: (Map<number | string, number> | undefined)[] = [];
  readonly #scenarioCount: number;

  constructor(layout: BookLayout, { classGroups, grids, arrays }: PreparedRisk) {
    this.#layout = layout;
    this.#classGroups = classGroups;
    this.#scenariosOf = (classGroup) => grids.gridOf(classGroup).scenarios;
    this.#scenarioCount = arrays.scenarioCount;
    this.#codes = new Int32Array(layout.groups.length * this.#scenarioCount).fill(-1);
  }

  /** Number of the text for an account that holds something. */
  codeOf(accounts: AccountColumns, account: number): number {
    if (accounts.binding(account) === "minimum") return this.#code("minimum");
    const g = accounts.worstGroup(account);
    const at = g * this.#scenarioCount + accounts.worstScenario(account);
    const code = this.#codes[at] ?? -1;
    if (code >= 0) return code;
    const group = this.#layout.groups[g];
    if (group === undefined) throw new RangeError(`no group ${g}`);
    if (group.isMixed) return this.#codeByHeld(group, at, accounts, account);
    return (this.#codes[at] = this.#code(this.#label(group, [0], accounts.worstScenario(account))));
  }

  #codeByHeld(group: BookGroup, at: number, accounts: AccountColumns, account: number): number {
    const known = (this.#known[at] ??= new Map());
    const key = accounts.heldKey(account);
    let code = known.get(key);
    if (code === undefined) {
      code = this.#code(this.#label(group, accounts.held(account), accounts.worstScenario(account)));
      known.set(key, code);
    }
    return code;
  }

  #label({ classes }: BookGroup, held: readonly number[], scenario: number): string {
    const groups = held.flatMap((at) => this.#classGroups[classes[at] ?? -1] ?? []);
    return worstOfTypes(groups, scenario, this.#scenariosOf).label;
  }

  #code(text: string): number {
    const known = this.#at.get(text);
    if (known !== undefined) return known;
    this.#at.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

/** Whether the class groups of a portfolio group move differently: a label then tells those that an account holds. */
export function isMixed(
  classes: readonly number[],
  { classGroups, grids }: Pick<PreparedRisk, "classGroups" | "grids">,
): boolean {
  if (classes.length < 2) return false;
  const labels = classes.map((at) => {
    const group = classGroups[at];
    return group === undefined ? [] : grids.gridOf(group).scenarios.map(({ label }) => label);
  });
  return !labels.every((own) => own.every((label, s) => label === labels[0]?.[s]));
}
