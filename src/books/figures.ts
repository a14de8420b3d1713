import type { PreparedRisk } from "../risk/prepare.js";
import type { AccountColumns } from "../valuation/account-columns.js";
import type { BookLayout } from "./layout.js";
import { Reasons } from "./reasons.js";

/** What the accounts of a book come to, a column each by account, filled block by block. */
export class BookFigures {
  /** Not rounded yet. */
  readonly requirementUsd: Float64Array;
  readonly marketValueUsd: Float64Array;
  /** Index into the run's class groups; -1 where the account holds nothing. */
  readonly worstClass: Int32Array;
  /** Index into {@link reasons}; -1 likewise. */
  readonly reason: Int32Array;
  readonly #reasons: Reasons;
  /** Index into the run's class groups, group after group; those of a group begin at its start. */
  readonly #classes: Int32Array;
  readonly #starts: Int32Array;

  constructor(accountCount: number, layout: BookLayout, prepared: PreparedRisk) {
    this.requirementUsd = new Float64Array(accountCount);
    this.marketValueUsd = new Float64Array(accountCount);
    this.worstClass = new Int32Array(accountCount).fill(-1);
    this.reason = new Int32Array(accountCount).fill(-1);
    this.#reasons = new Reasons(layout, prepared);
    this.#classes = Int32Array.from(layout.groups.flatMap(({ classes }) => [...classes]));
    this.#starts = new Int32Array(layout.groups.length);
    layout.groups.reduce((start, { classes }, group) => {
      this.#starts[group] = start;
      return start + classes.length;
    }, 0);
  }

  get reasons(): readonly string[] {
    return this.#reasons.texts;
  }

  /** Takes over what a block of accounts came to. */
  addAccounts(accounts: AccountColumns, firstAccount: number): void {
    const { requirementUsd, marketValueUsd, worstClass, reason } = this;
    const [reasons, classes, starts] = [this.#reasons, this.#classes, this.#starts];
    const { marks, count } = accounts;
    for (let account = 0; account < count; account++) {
      if (marks[account] !== 0) continue;
      const at = firstAccount + account;
      requirementUsd[at] = accounts.requirementUsd(account);
      marketValueUsd[at] = accounts.marketValueUsd(account);
      const group = accounts.worstGroup(account);
      if (group < 0) continue;
      worstClass[at] = classes[(starts[group] ?? 0) + accounts.worstClass(account)] ?? -1;
      reason[at] = reasons.codeOf(accounts, account);
    }
  }
}
