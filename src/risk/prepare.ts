import { type Failure, failure } from "../basics/failure.js";
import { buildContractMaster, canonicalSymbol, type ContractMaster } from "../contracts/contract-master.js";
import type { ProductDefaults } from "../contracts/product-defaults.js";
import { buildMarket, type Market } from "../market/market.js";
import { underlyingRows } from "../market/underlyings.js";
import type { RuleSet } from "../rules/load.js";
import type { InputTables } from "../tables/table.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { DividendModel } from "../valuation/escrowed.js";
import type { Valuation } from "../valuation/valuation.js";
import { classGroupId, classGroupsOf } from "./class-group-list.js";
import { contractSources, rowsBySymbol } from "./contract-sources.js";
import { type ClassGroup, type GridSet, ruleGrids } from "./grid-set.js";
import { type ContractValues, type RiskArrays, valueContracts } from "./risk-arrays.js";
import {
  fillTheoretical,
  type TheoreticalSources,
  type TheoreticalValues,
  theoreticalValues,
} from "./theoretical-values.js";

/** Contracts valued once at all scenarios, and what could not be. */
export interface PreparedRisk {
  readonly market: Market;
  readonly contracts: ContractMaster;
  readonly arrays: RiskArrays;
  /** Class groups of the contracts, in code-unit order. */
  readonly classGroups: readonly ClassGroup[];
  /** By contract row: index into `classGroups`. */
  readonly classOrder: Int32Array;
  /** By contract row: 1 = a failure names it; it is in no sum. */
  readonly unusable: Uint8Array;
  /** By contract row: 1 = shares that are not margin eligible, and options on them; they stand outside every group. */
  readonly notEligible: Uint8Array;
  /** Every failure that touches a symbol, by canonical symbol. */
  readonly problems: ReadonlyMap<string, readonly Failure[]>;
  /** Failures found here, beyond those of the read. */
  readonly failures: readonly Failure[];
  /** The grids of `arrays`. */
  readonly grids: GridSet;
  readonly dividendModel: DividendModel;
  /** Where profits were given instead of computed. */
  readonly theoretical: TheoreticalValues;
  /** The same contracts under other grids; an option with theoretical values has none there (NaN). */
  readonly arraysFor: ContractValues["arraysFor"];
}

export interface PrepareRequest {
  readonly tables: InputTables;
  readonly readFailures: readonly Failure[];
  readonly asOfMs: number;
  readonly rules: RuleSet;
  readonly products: ProductDefaults;
  /** Canonical symbols of the contracts wanted. */
  readonly symbols: readonly string[];
  /** Agreed marks of the accounts by canonical symbol; empty where there are none. */
  readonly marks: ReadonlyMap<string, number>;
  /** Default `spot`. */
  readonly dividendModel?: DividendModel;
  /** False where nobody asks for Greeks: they stay NaN. */
  readonly withGreeks?: boolean;
}

/** From tables to risk arrays: market, contract master, values at every scenario. */
export function* prepareRisk(request: PrepareRequest, valuation: Valuation): Steps<PreparedRisk> {
  return yield* valueRisk(resolveRisk(request), valuation);
}

/** Contracts found in the tables, before they are valued. */
export interface ResolvedRisk extends Pick<
  PreparedRisk,
  "market" | "contracts" | "classGroups" | "classOrder" | "notEligible" | "problems" | "grids" | "theoretical"
> {
  readonly request: PrepareRequest;
  readonly sources: TheoreticalSources;
  /** Those of `problems` that name the symbol itself. */
  readonly ownProblems: ReadonlyMap<string, readonly Failure[]>;
  readonly unusable: Uint8Array;
  readonly failures: readonly Failure[];
}

/** From tables to a market and a contract master. */
export function resolveRisk(request: PrepareRequest): ResolvedRisk {
  const { tables, rules, products } = request;
  const { market, failures: marketFailures } = buildMarket(tables, request.asOfMs, products);
  const given = rowsBySymbol(tables.theoretical);
  const { contracts, failures: contractFailures } = buildContractMaster(
    request.symbols,
    contractSources(request, market, given),
  );
  const grids = ruleGrids(rules);
  const marks = marksOf(contracts, request.marks);
  const sources = { table: tables.theoretical, rows: given, contracts, market, marks, ...grids };
  const own = contracts.underlyings.map((symbol) => classGroupId(symbol, market, products));
  const { underlyingAt: ownAt } = contracts;
  const { values: theoretical, failures: theoreticalFailures } = theoreticalValues(
    sources,
    (row, named) => named ?? own[ownAt[row] ?? -1] ?? "",
  );
  const failures = [
    ...marketFailures,
    ...contractFailures,
    ...runFailures(request, contracts, { theoretical }),
    ...theoreticalFailures,
  ];
  const ownProblems = bySymbol([...request.readFailures, ...failures]);
  return {
    request,
    market,
    contracts,
    ...classGroupsOf({ named: theoretical.classGroup, own, ownAt }, market, products),
    notEligible: notEligibleContracts(contracts, market),
    ownProblems,
    problems: withUnderlyings(ownProblems, contracts, theoretical),
    unusable: unusableRows(contracts, ownProblems, theoretical),
    failures,
    grids,
    theoretical,
    sources,
  };
}

/** Values the contracts. What is wrong with a value is added to what is wrong already. */
export function* valueRisk(resolved: ResolvedRisk, valuation: Valuation): Steps<PreparedRisk> {
  const { request, sources, ownProblems, ...known } = resolved;
  const { contracts, market, grids, theoretical } = known;
  const { dividendModel = "spot", withGreeks = true } = request;
  const unusable = withoutModel(known.unusable, contracts, theoretical);
  const { marks } = sources;
  const { arrays, arraysFor } = yield* valueContracts(
    { contracts, market, grids, marks, unusable, dividendModel, withGreeks },
    valuation,
  );
  if (theoretical.isGiven) fillTheoretical(arrays, sources);
  const found = { ...known, arrays, dividendModel, arraysFor };
  if (arrays.failures.length === 0) return found;
  const problems = new Map(ownProblems);
  for (const [symbol, added] of bySymbol(arrays.failures))
    problems.set(symbol, [...(problems.get(symbol) ?? []), ...added]);
  return {
    ...found,
    unusable: unusableRows(contracts, problems, theoretical),
    problems: withUnderlyings(problems, contracts, theoretical),
    failures: [...known.failures, ...arrays.failures],
  };
}

/** Shares move as they do whatever a table of theoretical values says, so other grids know them; options do not. */
function withoutModel(
  unusable: Uint8Array,
  { isOption }: ContractMaster,
  { isGiven, isTheoretical }: TheoreticalValues,
): Uint8Array {
  if (!isGiven) return unusable;
  const without = unusable.slice();
  for (let row = 0; row < without.length; row++)
    without[row]! |= (isTheoretical[row] ?? 0) & (isOption[row] ?? 0);
  return without;
}

/** What touches all options at once: a rate curve with a bad point. */
function runFailures(
  { tables }: PrepareRequest,
  contracts: ContractMaster,
  { theoretical }: { readonly theoretical: TheoreticalValues },
): Failure[] {
  const badRate = tables.rates.rejected.indexOf(1);
  if (badRate < 0) return [];
  const place = tables.rates.place(badRate);
  const options = contracts.symbols.filter(
    (_, row) => contracts.isOption[row] === 1 && theoretical.isTheoretical[row] !== 1,
  );
  return options.map((symbol) =>
    failure("RATE_UNUSABLE", {
      ...place,
      value: symbol,
      expected: "a rates table without bad rows",
      symbol,
    }),
  );
}

function notEligibleContracts(contracts: ContractMaster, { underlyings }: Market): Uint8Array {
  const rows = underlyingRows(contracts, underlyings);
  const column = new Uint8Array(contracts.count);
  for (let row = 0; row < column.length; row++) {
    const at = rows[contracts.underlyingAt[row] ?? -1] ?? -1;
    if (at >= 0 && underlyings.marginEligible[at] === 0) column[row] = 1;
  }
  return column;
}

/** By contract row; NaN without. */
function marksOf({ symbols, count }: ContractMaster, given: ReadonlyMap<string, number>): Float64Array {
  const marks = new Float64Array(count).fill(Number.NaN);
  if (given.size === 0) return marks;
  for (let row = 0; row < count; row++) marks[row] = given.get(symbols[row] ?? "") ?? Number.NaN;
  return marks;
}

function bySymbol(failures: readonly Failure[]): Map<string, readonly Failure[]> {
  const found = new Map<string, readonly Failure[]>();
  for (const item of failures) {
    if (item.symbol === undefined) continue;
    const key = canonicalSymbol(item.symbol);
    found.set(key, [...(found.get(key) ?? []), item]);
  }
  return found;
}

function unusableRows(
  contracts: ContractMaster,
  problems: ReadonlyMap<string, unknown>,
  { isTheoretical }: TheoreticalValues,
): Uint8Array {
  const unusable = new Uint8Array(contracts.count);
  if (problems.size === 0) return unusable;
  contracts.symbols.forEach((symbol, row) => {
    const inherits = isTheoretical[row] !== 1 && problems.has(contracts.underlying[row] ?? "");
    if (inherits || problems.has(symbol)) unusable[row] = 1;
  });
  return unusable;
}

/** A contract inherits what is wrong with its underlying, unless its values were given. */
function withUnderlyings(
  problems: ReadonlyMap<string, readonly Failure[]>,
  contracts: ContractMaster,
  { isTheoretical }: TheoreticalValues,
): Map<string, readonly Failure[]> {
  const all = new Map(problems);
  if (problems.size === 0) return all;
  contracts.symbols.forEach((symbol, row) => {
    const underlying = contracts.underlying[row] ?? symbol;
    const isOwn = underlying === symbol || isTheoretical[row] === 1;
    const inherited = isOwn ? [] : (problems.get(underlying) ?? []);
    if (inherited.length > 0) all.set(symbol, [...(problems.get(symbol) ?? []), ...inherited]);
  });
  return all;
}
