import type { Engine } from "../../../src/engine.js";
import type { HouseTestResult } from "../../../src/requirement/house/result.js";
import type { AccountResult, MarginResult } from "../../../src/requirement/result.js";
import { loadRuleSet } from "../../../src/rules/load.js";

/** What every entry of a rule file says. */
export const cited = { source: "X", standing: "confirmed" } as const;

/** The regulatory set with house rules beside it. */
export function withHouse(houseRules: object): object {
  const { hash: _, ...document } = loadRuleSet("finra-4210g");
  return { ...document, name: "mine", sources: { ...document.sources, X: "a test" }, houseRules };
}

export function withTests(...tests: object[]): object {
  return withHouse({ tests: tests.map((entry) => ({ ...cited, ...entry })) });
}

export interface SmallBook {
  readonly asOf?: string;
  readonly underlyings: object[];
  readonly options?: object[];
  readonly held: [symbol: string, quantity: number][];
  /** Cash that brings the equity to this; without it there is no cash. */
  readonly cash?: number;
}

export function margin(
  engine: Engine,
  { held, cash = 0, asOf = "2026-11-20T16:00:00-05:00", ...tables }: SmallBook,
  rules: object,
): MarginResult {
  const positions = held.map(([symbol, quantity]) => ({ account: "A", symbol, quantity }));
  return engine.margin(
    { asOf, rates: 0, accounts: [{ account: "A", cash }], ...tables, positions },
    { rules },
  );
}

export function only(result: MarginResult): AccountResult {
  const [account] = result.accounts;
  if (account === undefined) throw new Error("no account");
  return account;
}

export function testOf(account: AccountResult, id: string): HouseTestResult {
  const found = account.houseTests?.find((entry) => entry.id === id);
  if (found === undefined) throw new Error(`no test ${id}`);
  return found;
}
