import { sha256 } from "../basics/sha256.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { computeMargin, marginOfRun } from "../requirement/margin.js";
import { placesOf, prepareRun } from "../requirement/prepare-run.js";
import type { AccountResult } from "../requirement/result.js";
import type { MarginRequest, Run } from "../requirement/run.js";
import { netClassGroups } from "../risk/class-groups.js";
import type { Table } from "../tables/table.js";
import { TableBuilder } from "../tables/table-builder.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { Valuation } from "../valuation/valuation.js";
import { historyOf, missingMoves } from "./history.js";
import { movedTables } from "./moved-book.js";
import { accountsOf, withMoved } from "./stress-accounts.js";
import { firmOf } from "./stress-firm.js";
import type { StressResult } from "./stress-result.js";
import type { StressScenario } from "./stress-scenario.js";
import { type StressMoves, stressMoves } from "./stress-moves.js";
import { stressProfits } from "./stress-values.js";

export interface StressAsked {
  readonly margin: MarginRequest;
  readonly scenarios: readonly StressScenario[];
  readonly history: { readonly table: Table; readonly failures: readonly Failure[] } | null;
  /** Scenarios of the firm that are broken down, the worst first. */
  readonly worst: number;
  /** Whether the requirement of the moved book is computed too, at every named scenario. */
  readonly recompute: boolean;
}

/** Named scenarios whose margin is computed again at most: each is a margin run of its own. */
const mostRecomputed = 1000;

/**
 * What a book gains and loses under scenarios of one's own: every position, by the model. The requirement beside it is that of
 * the unmoved book.
 *
 * @throws MarginError `USAGE` without a scenario; else as the margin itself.
 */
export function* stress(asked: StressAsked, valuation: Valuation): Steps<StressResult> {
  const { margin: request, scenarios, history } = asked;
  if (scenarios.length === 0 && history === null)
    throw new MarginError([failure("USAGE", { value: "neither scenarios nor a history were given" })]);
  if (asked.recompute && scenarios.length > mostRecomputed)
    throw new MarginError([
      failure("USAGE", { value: `margin is recomputed for at most ${mostRecomputed} named scenarios` }),
    ]);
  const noTheoretical = new TableBuilder("theoretical").build();
  const required = yield* prepareRun(request, valuation);
  const margin = marginOfRun(required, valuation);
  // Theoretical values hold for the rule set's scenarios alone.
  const run = required.prepared.theoretical.isGiven
    ? yield* prepareRun({ ...request, tables: { ...request.tables, theoretical: noTheoretical } }, valuation)
    : required;
  const { prepared, book } = run;
  const totals = netClassGroups({ ...prepared, book, minimum: request.rules.minimum });
  const held = heldUnderlyings(run);
  const past = history === null ? null : historyOf(history.table, prepared.market, new Set(held.keys()));
  const moves = stressMoves(scenarios, past, prepared.market, request.tables.underlyings);
  const profit = yield* stressProfits({ prepared, book, totals, moves }, valuation);
  const open = missingMoves(
    moves.names,
    scenarios.length,
    [...held].map(([at, symbol]) => ({ symbol, price: moves.price(at) })),
  );
  const table = { names: moves.names, profit, totals, run };
  const moved: (readonly AccountResult[])[] = [];
  if (asked.recompute)
    for (const s of scenarios.keys()) {
      const after = { ...request, rules: run.request.rules, tables: movedTables(run, moves, s) };
      moved.push((yield* computeMargin(after, valuation)).accounts);
    }
  const accounts = accountsOf(table, margin.accounts).map((account) =>
    withMoved(account, moved, moves.names),
  );
  const placed = placesOf(request.tables);
  const ofModel = run === required ? [] : run.prepared.failures;
  const { asOf, rules, engine, inputHash } = margin;
  return {
    asOf,
    rules,
    engine,
    inputHash,
    scenarioHash: hashOf(moves, held),
    scenarios: moves.names,
    notes: margin.notes,
    firm: firmOf(table, accounts, asked.worst),
    accounts: accounts.map(({ shown }) => shown),
    failures: [...margin.failures, ...[...ofModel, ...(history?.failures ?? []), ...open].map(placed)],
  };
}

/** Underlyings of the usable contracts that are held, by row, in code-unit order. */
function heldUnderlyings({ prepared, book }: Run): Map<number, string> {
  const { contracts, market, unusable } = prepared;
  const symbols = [...new Set(book.contract)]
    .filter((contract) => unusable[contract] !== 1)
    .map((contract) => contracts.underlying[contract] ?? "");
  return new Map([...new Set(symbols)].toSorted().map((s) => [market.underlyings.rowOf.get(s) ?? -1, s]));
}

/** SHA-256 over everything that moves what is held, so that two results say whether they asked the same. */
function hashOf(
  { names, conditions, price, volatility }: StressMoves,
  held: ReadonlyMap<number, string>,
): string {
  const hash = sha256().update(JSON.stringify([names, conditions]));
  for (const [at, symbol] of held)
    hash.update(JSON.stringify([symbol, ...price(at), ...volatility(at)].map(String)));
  return hash.digest("hex");
}
