import { type Failure, MarginError } from "../basics/failure.js";
import { regTAccount } from "../reg-t/account.js";
import { loadLargeSolver, type PairingCache, type PairingOptions } from "../reg-t/pairing/index.js";
import type { RegTResult } from "../reg-t/result.js";
import type { MarginResult } from "../requirement/result.js";
import type { MarginOptions, Run } from "../requirement/run.js";
import type { RegTRules } from "../rules/reg-t.js";
import { escrowFailures, refusals, sortedFailures, strategyFailures, tooLarge } from "./reg-t-failures.js";
import { accountTerms, fullRegTRequest } from "./reg-t-request.js";

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

/** What may be asked of strategy-based margin: as of a margin run. */
export type RegTOptions = MarginOptions;

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
  const { margin, rules, run } = regT;
  const { asOf, engine, inputHash, failures } = margin;
  const accounts = regTAccounts(regT);
  const known = new Set(margin.accounts.flatMap((account) => account.failures));
  const late = accounts.flatMap((account) => account.failures.filter((item) => !known.has(item)));
  const { kept, asTheyStand } = sortedFailures(failures, run);
  return {
    asOf,
    rules: { name: rules.name, hash: rules.hash },
    engine,
    inputHash,
    notes: [...unverifiedNotes(rules, accounts), ...priceNotes(asTheyStand)],
    accounts,
    failures: [...kept, ...late],
  };
}

export function regTAccounts(regT: RegTRun): RegTAccountResult[] {
  const { run, margin, rules, pairing } = regT;
  const { book } = run;
  const request = fullRegTRequest(run, rules, pairing);
  const termsOf = accountTerms(run);
  const escrow = escrowFailures(run);
  const holdingsOf = new Map<string, number[]>(book.accounts.map((account) => [account, []]));
  book.account.forEach((at, holding) => holdingsOf.get(book.accounts[at] ?? "")?.push(holding));
  return margin.accounts.map(({ account, failures: found }) => {
    const holdings = holdingsOf.get(account) ?? [];
    const failures = [...strategyFailures(account, holdings, found, run), ...(escrow.get(account) ?? [])];
    if (failures.length > 0) return incomplete(account, failures);
    try {
      const figures = regTAccount(holdings, request, termsOf(account));
      const refused = refusals(account, figures);
      if (refused.length > 0) return incomplete(account, refused);
      return { account, status: "complete", regT: figures, failures };
    } catch (error) {
      const large = error instanceof MarginError ? tooLarge(account, holdings, run) : null;
      if (large === null) throw error;
      return incomplete(account, [large]);
    }
  });
}

function incomplete(account: string, failures: readonly Failure[]): RegTAccountResult {
  return { account, status: "incomplete", regT: null, failures };
}

/** Most symbols that a note names. */
const shownSymbols = 8;

function priceNotes(asTheyStand: readonly Failure[]): string[] {
  const symbols = [...new Set(asTheyStand.map(({ symbol }) => symbol ?? ""))];
  if (symbols.length === 0) return [];
  const more = symbols.length > shownSymbols ? ` and ${symbols.length - shownSymbols} more` : "";
  return [
    `Prices that no volatility gives were used as they stand: ${symbols.slice(0, shownSymbols).join(", ")}${more}.`,
  ];
}

/** Unverified entries that some account's figures stand on; each account has its own in `unverified`. */
export function unverifiedNotes(
  { name }: RegTRules,
  accounts: readonly Pick<RegTAccountResult, "regT">[],
): string[] {
  const used = [...new Set(accounts.flatMap(({ regT }) => regT?.unverified ?? []))].toSorted();
  return used.length === 0
    ? []
    : [`Unverified entries of ${name} that figures stand on: ${used.join(", ")}.`];
}
