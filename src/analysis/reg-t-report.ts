import type { ErrorCode } from "../basics/error-table.js";
import { type Failure, failure } from "../basics/failure.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { regTAccount } from "../reg-t/account.js";
import { refusedInCash } from "../reg-t/cash-account.js";
import { loadLargeSolver, type PairingCache, type PairingOptions } from "../reg-t/pairing/index.js";
import type { RegTResult } from "../reg-t/result.js";
import type { MarginResult } from "../requirement/result.js";
import type { MarginOptions, Run } from "../requirement/run.js";
import { holdingPrice } from "../risk/class-groups.js";
import type { RegTRules } from "../rules/reg-t.js";
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
  const late = accounts.flatMap((account) =>
    account.failures.filter((item) => !failures.includes(item) && isFoundHere(item)),
  );
  const everything = Array.from({ length: run.book.count }, (_, holding) => holding);
  const asTheyStand = failures.filter((item) => isPricedAnyway(item, everything, run));
  return {
    asOf,
    rules: { name: rules.name, hash: rules.hash },
    engine,
    inputHash,
    notes: [...unverifiedNotes(rules, accounts), ...priceNotes(asTheyStand)],
    accounts,
    failures: [...failures.filter((item) => isOfBoth(item) && !asTheyStand.includes(item)), ...late],
  };
}

/** What keeps a position or an account out of portfolio margin alone. */
const ofPortfolioMargin: ReadonlySet<string> = new Set<ErrorCode>([
  "ACCOUNT_TYPE_UNSUPPORTED",
  "UNLISTED_REFUSED",
  "HOUSE_INPUT_MISSING",
]);

function isOfBoth({ code }: Failure): boolean {
  return !ofPortfolioMargin.has(code);
}

/** What a model needs and a premium does not: a price is used as it stands, whether or not a volatility gives it. */
const ofModel: ReadonlySet<string> = new Set<ErrorCode>([
  "PRICE_BELOW_INTRINSIC",
  "PRICE_ABOVE_MAXIMUM",
  "PRICE_WITHOUT_TIME",
  "VALUE_NOT_FINITE",
  "QUOTE_CROSSED",
  "QUOTE_EMPTY",
]);

/** Whether the account's holding of the failure's symbol has a price of its own or of the market all the same. */
function isPricedAnyway(
  { code, symbol }: Failure,
  holdings: readonly number[],
  { prepared, book }: Run,
): boolean {
  if (!ofModel.has(code) || symbol === undefined) return false;
  const row = prepared.contracts.rowOf.get(canonicalSymbol(symbol));
  return holdings
    .filter((holding) => book.contract[holding] === row)
    .every((holding) => Number.isFinite(holdingPrice({ ...prepared, book }, holding)));
}

const noFutures = "no futures: they are margined in a futures account";

export function regTAccounts({ run, margin, rules, pairing }: RegTRun): RegTAccountResult[] {
  const { book } = run;
  const request = fullRegTRequest(run, rules, pairing);
  const termsOf = accountTerms(run);
  const holdingsOf = new Map<string, number[]>(book.accounts.map((account) => [account, []]));
  book.account.forEach((at, holding) => holdingsOf.get(book.accounts[at] ?? "")?.push(holding));
  return margin.accounts.map(({ account, failures: found }) => {
    const holdings = holdingsOf.get(account) ?? [];
    const failures = [
      ...found.filter((item) => isOfBoth(item) && !isPricedAnyway(item, holdings, run)),
      ...futuresOf(account, holdings, run),
    ];
    if (failures.length > 0) return { account, status: "incomplete", regT: null, failures };
    const regT = regTAccount(holdings, request, termsOf(account));
    const refused = refusals(account, regT);
    return refused.length > 0
      ? { account, status: "incomplete", regT: null, failures: refused }
      : { account, status: "complete", regT, failures };
  });
}

const inFull = "shares, cash or an escrow receipt for all of it: a cash account has no credit";

function isFoundHere({ expected }: Failure): boolean {
  return expected === noFutures || expected === inFull;
}

/** Positions that a cash account may not hold. */
function refusals(account: string, { groups, accountType }: RegTResult): Failure[] {
  if (accountType !== "cash") return [];
  const symbols = groups
    .filter(({ strategy }) => refusedInCash.has(strategy))
    .flatMap(({ legs }) => legs.map(({ symbol }) => symbol));
  return [...new Set(symbols)].map((symbol) =>
    failure("POSITION_NOT_ELIGIBLE", { value: symbol, expected: inFull, symbol, account }),
  );
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
function unverifiedNotes({ name }: RegTRules, accounts: readonly RegTAccountResult[]): string[] {
  const used = [...new Set(accounts.flatMap(({ regT }) => regT?.unverified ?? []))].toSorted();
  return used.length === 0
    ? []
    : [`Unverified entries of ${name} that figures stand on: ${used.join(", ")}.`];
}
