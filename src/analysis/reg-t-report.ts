import type { ErrorCode } from "../basics/error-table.js";
import { type Failure, failure } from "../basics/failure.js";
import { parseDay } from "../basics/dates.js";
import { regTAccount, type RegTRequest } from "../reg-t/account.js";
import { loadLargeSolver, type PairingCache, type PairingOptions } from "../reg-t/pairing/index.js";
import type { RegTResult } from "../reg-t/result.js";
import type { MarginResult } from "../requirement/result.js";
import type { MarginOptions, Run } from "../requirement/run.js";
import type { RegTRules } from "../rules/reg-t.js";

/** An account of `plimsoll reg-t`; its figures are `null` where something it holds is not in them. */
export interface RegTAccountResult {
  readonly account: string;
  readonly status: "complete" | "incomplete";
  readonly regT: RegTResult | null;
  readonly failures: readonly Failure[];
}

/** The document that `plimsoll reg-t --json` prints. */
export interface RegTReport {
  readonly asOf: string;
  readonly rules: { readonly name: string; readonly hash: string };
  readonly engine: { readonly version: string; readonly kernelHash: string };
  readonly inputHash: string;
  readonly notes: readonly string[];
  readonly accounts: readonly RegTAccountResult[];
  readonly failures: readonly Failure[];
}

export interface RegTRun {
  readonly run: Run;
  /** What the same run found by portfolio margin: its failures are those of the positions. */
  readonly margin: MarginResult;
  readonly rules: RegTRules;
  readonly pairing: PairingOptions;
}

export interface RegTOptions extends MarginOptions {
  /** A file with figures of one's own; `plimsoll rules reg-t` prints the built-in one. */
  readonly regTRules?: string;
}

/**
 * What is asked of a paired run. Books that the own search cannot prove are paired once more with the integer program's
 * solver, which is loaded for them alone.
 */
export async function pairedOf<Result extends Paired>(
  run: Omit<RegTRun, "pairing">,
  ask: (run: RegTRun) => Result,
): Promise<Result> {
  const cache: PairingCache = new Map();
  const first = ask({ ...run, pairing: { cache } });
  if (first.accounts.every(({ regT }) => regT?.proven ?? true)) return first;
  return ask({ ...run, pairing: { cache, solver: await loadLargeSolver() } });
}

interface Paired {
  readonly accounts: readonly { readonly regT: RegTResult | null }[];
}

/** Strategy-based margin of every account of a run. */
export function regTReport(regT: RegTRun): RegTReport {
  const { margin, rules } = regT;
  const { asOf, engine, inputHash, failures } = margin;
  const accounts = regTAccounts(regT);
  const late = accounts.flatMap((account) =>
    account.failures.filter((item) => !failures.includes(item) && item.expected === noFutures),
  );
  return {
    asOf,
    rules: { name: rules.name, hash: rules.hash },
    engine,
    inputHash,
    notes: notesOf(rules),
    accounts,
    failures: [...failures.filter(({ code }) => !ofPortfolioMargin.has(code)), ...late],
  };
}

/** What keeps a position or an account out of portfolio margin alone. */
const ofPortfolioMargin: ReadonlySet<string> = new Set<ErrorCode>([
  "ACCOUNT_TYPE_UNSUPPORTED",
  "UNLISTED_REFUSED",
  "HOUSE_INPUT_MISSING",
]);

const noFutures = "no futures: they are margined in a futures account";

export function regTAccounts({ run, margin, rules, pairing }: RegTRun): RegTAccountResult[] {
  const { prepared, book } = run;
  const asOfDate = margin.asOf.slice(0, "2000-01-01".length);
  const request: RegTRequest = {
    prepared,
    book,
    rules,
    pairing,
    asOfDate,
    asOfDay: parseDay(asOfDate) ?? Number.NaN,
  };
  const holdingsOf = new Map<string, number[]>(book.accounts.map((account) => [account, []]));
  book.account.forEach((at, holding) => holdingsOf.get(book.accounts[at] ?? "")?.push(holding));
  return margin.accounts.map(({ account, failures: found }) => {
    const holdings = holdingsOf.get(account) ?? [];
    const failures = [
      ...found.filter(({ code }) => !ofPortfolioMargin.has(code)),
      ...futuresOf(account, holdings, run),
    ];
    if (failures.length > 0) return { account, status: "incomplete", regT: null, failures };
    return { account, status: "complete", regT: regTAccount(holdings, request), failures };
  });
}

function futuresOf(account: string, holdings: readonly number[], { prepared, book }: Run): Failure[] {
  const { contracts, market } = prepared;
  return holdings
    .map((holding) => book.contract[holding] ?? -1)
    .filter((row) => {
      const at = market.underlyings.rowOf.get(contracts.underlying[row] ?? "") ?? -1;
      return market.underlyings.kind[at] === "future";
    })
    .map((row) => {
      const symbol = contracts.symbols[row] ?? "";
      return failure("POSITION_NOT_ELIGIBLE", { value: symbol, expected: noFutures, symbol, account });
    });
}

/** Unverified figures cannot be told apart by account here: the file has few, and the note names them. */
function notesOf(rules: RegTRules): string[] {
  const unverified = unverifiedEntries(rules);
  return unverified.length === 0 ? [] : [`Unverified entries of ${rules.name}: ${unverified.join(", ")}.`];
}

function unverifiedEntries(value: unknown, path: readonly string[] = []): string[] {
  if (value === null || typeof value !== "object") return [];
  const own = "standing" in value && value.standing === "unverified" ? [path.join(".")] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, entry]) => unverifiedEntries(entry, [...path, key])),
  ];
}
