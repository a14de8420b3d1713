import type { AccountResult, MarginResult, PositionResult } from "../../requirement/result.js";
import { withPositions } from "../../tables/join-tables.js";
import type { TablesRead } from "../../tables/read-tables.js";
import type { ReferenceRow } from "./reference.js";
import type { Cause, ReconcileStep } from "./result.js";
import { switchedInput } from "./switched-input.js";

/** An account with the input that gave it. */
export interface Computed {
  readonly read: TablesRead;
  readonly account: AccountResult;
}

export interface InputSteps {
  readonly account: string;
  readonly margin: (read: TablesRead, account: string) => MarginResult;
  /** Their rows for symbols. */
  readonly rows: readonly ReferenceRow[];
}

interface Change {
  readonly cause: Cause;
  readonly id: string;
  readonly ours: number | null;
  readonly theirs: number | null;
  readonly read: TablesRead | string;
}

/** Prices are compared to half a cent: files round them. */
const priceToleranceUsd = 0.005 + 1e-9;
const quantityTolerance = 1e-9;

/**
 * Switches what goes into the computation to theirs, one symbol and one cause at a time, and computes the whole account
 * anew after each: symbols that only one of the two has, quantities, multipliers, prices, in this order.
 */
export function inputSteps(
  start: Computed,
  request: InputSteps,
): { steps: ReconcileStep[]; computed: Computed } {
  const steps: ReconcileStep[] = [];
  let computed = start;
  for (const changesOf of [missingSymbols, quantities, multipliers, prices]) {
    // Each cause sees the account as the causes before it left it; each of its changes, the input.
    const { account } = computed;
    for (const changeOf of changesOf(account, request)) {
      const change = changeOf(computed.read);
      const next = typeof change.read === "string" ? change.read : recomputed(change.read, request);
      const { cause, id, ours, theirs } = change;
      const isSized = typeof next !== "string";
      const amountUsd = isSized ? requirement(next.account) - requirement(computed.account) : null;
      steps.push({ cause, level: "symbol", id, ours, theirs, amountUsd, note: isSized ? null : next });
      if (isSized) computed = next;
    }
  }
  return { steps, computed };
}

export function positionsOf(account: AccountResult): PositionResult[] {
  return account.portfolioGroups.flatMap((portfolio) =>
    portfolio.productGroups.flatMap((product) => product.classGroups.flatMap((group) => group.positions)),
  );
}

export function requirement(account: AccountResult): number {
  return account.requirementUsd ?? Number.NaN;
}

function recomputed(read: TablesRead, { account, margin }: InputSteps): Computed | string {
  const result = margin(read, account).accounts.find((candidate) => candidate.account === account);
  if (result?.status === "complete") return { read, account: result };
  return `not computable: ${result?.failures[0]?.message ?? "the account is gone"}`;
}

type ChangesOf = (account: AccountResult, request: InputSteps) => readonly ((read: TablesRead) => Change)[];

/** Shares outside every group count as held too. */
function heldQuantities(account: AccountResult): ReadonlyMap<string, number> {
  const all = [...positionsOf(account), ...account.notEligible];
  return new Map(all.map(({ symbol, quantity }) => [symbol, quantity]));
}

/** Only where their file lists symbols at all does a symbol that is not in it say anything. */
const missingSymbols: ChangesOf = (account, { account: name, rows }) => {
  const listed = new Set(rows.map(({ id }) => id));
  const held = heldQuantities(account);
  const theirs = rows.filter(({ id, quantity }) => !held.has(id) && (quantity ?? Number.NaN) !== 0);
  const ours = listed.size === 0 ? [] : [...held].filter(([symbol]) => !listed.has(symbol));
  return [
    ...theirs.map(({ id, quantity }) => (read: TablesRead): Change => {
      const added = quantity === null ? "not computable: their file states no quantity" : null;
      const next = added ?? withPositions(read, [{ account: name, symbol: id, quantity }], "reconcile");
      return { cause: "missing_symbol", id, ours: null, theirs: quantity, read: next };
    }),
    ...ours.map(([id, quantity]) => (read: TablesRead): Change => {
      const gone = { account: name, symbol: id, quantity: 0 - quantity };
      return {
        cause: "missing_symbol",
        id,
        ours: quantity,
        theirs: null,
        read: withPositions(read, [gone], "reconcile"),
      };
    }),
  ];
};

const quantities: ChangesOf = (account, { account: name, rows }) => {
  const held = heldQuantities(account);
  return rows.flatMap(({ id, quantity }) => {
    const ours = held.get(id);
    if (ours === undefined || quantity === null || Math.abs(quantity - ours) <= quantityTolerance) return [];
    const lot = { account: name, symbol: id, quantity: quantity - ours };
    return [
      (read: TablesRead): Change => ({
        cause: "quantity",
        id,
        ours,
        theirs: quantity,
        read: withPositions(read, [lot], "reconcile"),
      }),
    ];
  });
};

const multipliers: ChangesOf = (account, { rows }) => {
  const held = new Map(positionsOf(account).map((position) => [position.symbol, position]));
  return rows.flatMap(({ id, multiplier }) => {
    const position = held.get(id);
    if (position === undefined || multiplier === null || multiplier === position.multiplier) return [];
    const table = position.kind === "option" ? "options" : "underlyings";
    const note = position.kind === "share" ? "not computable: shares have no multiplier" : null;
    return [
      (read: TablesRead): Change => ({
        cause: "multiplier",
        id,
        ours: position.multiplier,
        theirs: multiplier,
        read: note ?? switchedInput(read, { table, symbol: id, cells: { multiplier } }),
      }),
    ];
  });
};

/**
 * Their price in the market's place. That of an option implies its volatility anew; that of a share moves every option on it too,
 * each with the quotes it has.
 */
const prices: ChangesOf = (account, { rows }) => {
  const held = new Map(positionsOf(account).map((position) => [position.symbol, position]));
  return rows.flatMap(({ id, price }) => {
    const position = held.get(id);
    if (position === undefined || price === null) return [];
    if (Math.abs(price - position.priceUsd) <= priceToleranceUsd) return [];
    const switched =
      position.kind === "option"
        ? ({
            table: "options",
            symbol: id,
            cells: { price, volatility: null, bid: null, ask: null },
          } as const)
        : ({ table: "underlyings", symbol: id, cells: { price } } as const);
    const note =
      position.source === "theoretical" ? "not computable: its profits are theoretical values given" : null;
    return [
      (read: TablesRead): Change => ({
        cause: "price",
        id,
        ours: position.priceUsd,
        theirs: price,
        read: note ?? switchedInput(read, switched),
      }),
    ];
  });
};
