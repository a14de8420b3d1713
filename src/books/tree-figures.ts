import type { Failure } from "../basics/failure.js";
import { costliestOf } from "../requirement/costliest.js";
import type { AccountResult } from "../requirement/result.js";

export const amountNames = ["marketValueUsd", "cashUsd", "equityUsd", "requirementUsd", "excessUsd"] as const;
type AmountName = (typeof amountNames)[number];

/** What accounts computed as trees came to, a row each: the trees themselves need not be kept. */
export class TreeFigures {
  /** Numbers of the accounts in the run, by row. */
  readonly accounts: number[] = [];
  /** By row: 1 = complete. */
  readonly isComplete: number[] = [];
  /** USD, by row; NaN where the account is incomplete. */
  readonly amounts: Readonly<Record<AmountName, number[]>> = {
    marketValueUsd: [],
    cashUsd: [],
    equityUsd: [],
    requirementUsd: [],
    excessUsd: [],
  };
  /** By row: {@link costliestOf}. */
  readonly worstClassGroup: string[] = [];
  readonly worstScenario: string[] = [];
  /** Each once, in the order of the accounts. */
  readonly unverified = new Set<string>();
  readonly failures: Failure[] = [];

  /**
   * @param account its number in the run
   * @param isIncomplete for a reason that its tree does not know: of the tree stands what it says of unlisted contracts
   */
  add(account: number, tree: AccountResult, isIncomplete: boolean): void {
    const late = isIncomplete ? ["UNLISTED_REFUSED"] : ["UNLISTED_REFUSED", "HOUSE_INPUT_MISSING"];
    const failures = tree.failures.filter(({ code }) => late.includes(code));
    if (isIncomplete) this.failures.push(...failures);
    else this.addFigures(account, { ...tree, ...costliestOf(tree), failures });
  }

  /** Adds an account of which no tree was made. */
  addFigures(account: number, figures: FiguresOfAccount): void {
    this.failures.push(...figures.failures);
    this.accounts.push(account);
    this.isComplete.push(figures.status === "complete" ? 1 : 0);
    for (const name of amountNames) this.amounts[name].push(figures[name] ?? Number.NaN);
    this.worstClassGroup.push(figures.classGroup);
    this.worstScenario.push(figures.scenario);
    for (const figure of figures.unverified) this.unverified.add(figure);
  }
}

/** What is kept of an account. */
export type FiguresOfAccount = Pick<AccountResult, AmountName | "status" | "unverified" | "failures"> &
  ReturnType<typeof costliestOf>;
