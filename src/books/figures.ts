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
  readonly #layout: BookLayout;

  constructor(accountCount: number, layout: BookLayout, prepared: PreparedRisk) {
    this.requirementUsd = new Float64Array(accountCount);
    this.marketValueUsd = new Float64Array(accountCount);
    this.worstClass = new Int32Array(accountCount).fill(-1);
    this.reason = new Int32Array(accountCount).fill(-1);
    this.#reasons = new Reasons(layout, prepared);
    this.#layout = layout;
  }

  get reasons(): readonly string[] {
    return this.#reasons.texts;
  }

  /** Takes over what a block of accounts came to. */
  addAccounts(accounts: AccountColumns, firstAccount: number): void {
    for (let account = 0; account < accounts.count; account++) {
      if (accounts.marks[account] !== 0) continue;
      const at = firstAccount + account;
      this.requirementUsd[at] = accounts.requirementUsd(account);
      this.marketValueUsd[at] = accounts.marketValueUsd(account);
      const group = accounts.worstGroup(account);
      if (group < 0) continue;
      this.worstClass[at] = this.#layout.groups[group]?.classes[accounts.worstClass(account)] ?? -1;
      this.reason[at] = this.#reasons.codeOf(accounts, account);
    }
  }
}
