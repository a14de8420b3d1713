import { type Failure, failure } from "../basics/failure.js";
import { buildContractMaster, canonicalSymbol, type ContractMaster } from "../contracts/contract-master.js";
import { optionRowTerms } from "../contracts/option-row.js";
import type { ProductDefaults } from "../contracts/product-defaults.js";
import { buildMarket, type Market } from "../market/market.js";
import type { RuleSet } from "../rules/load.js";
import type { InputTables, Table } from "../tables/table.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { DividendModel } from "../valuation/escrowed.js";
import type { Valuation } from "../valuation/valuation.js";
import { classGroupId, classGroupsOf } from "./class-group-list.js";
import { type ClassGroup, type GridSet, ruleGrids } from "./grid-set.js";
import { type ContractValues, type RiskArrays, valueContracts } from "./risk-arrays.js";
import {
  fillTheoretical,
  theoreticalRows,
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
  const { tables, rules, dividendModel = "spot" } = request;
  const { market, failures: marketFailures } = buildMarket(tables, request.asOfMs, request.products);
  const given = theoreticalRows(tables.theoretical);
  const { contracts, failures: contractFailures } = buildContractMaster(
    request.symbols,
    contractSources(request, market, given),
  );
  const grids = ruleGrids(rules);
  const marks = Float64Array.from(contracts.symbols, (symbol) => request.marks.get(symbol) ?? Number.NaN);
  const sources = { table: tables.theoretical, rows: given, contracts, market, marks, ...grids };
  const ownGroup = (row: number): string =>
    classGroupId(contracts.underlying[row] ?? "", market, request.products);
  const { values: theoretical, failures: theoreticalFailures } = theoreticalValues(
    sources,
    (row, named) => named ?? ownGroup(row),
  );
  const early = [
    ...marketFailures,
    ...contractFailures,
    ...runFailures(request, contracts, { theoretical }),
    ...theoreticalFailures,
  ];
  const problems = bySymbol([...request.readFailures, ...early]);
  const unusable = unusableRows(contracts, problems, theoretical);
  const { arrays, arraysFor } = yield* valueContracts(
    {
      contracts,
      market,
      grids,
      marks,
      unusable: withoutModel(unusable, contracts, theoretical),
      dividendModel,
      withGreeks: request.withGreeks ?? true,
    },
    valuation,
  );
  if (theoretical.isGiven) fillTheoretical(arrays, sources);
  for (const [symbol, found] of bySymbol(arrays.failures))
    problems.set(symbol, [...(problems.get(symbol) ?? []), ...found]);
  return {
    market,
    contracts,
    arrays,
    ...classGroupsOf(
      Array.from(contracts.symbols, (_, row) => theoretical.classGroup[row] ?? ownGroup(row)),
      market,
      request.products,
    ),
    unusable: unusableRows(contracts, problems, theoretical),
    notEligible: notEligibleContracts(contracts, market),
    problems: withUnderlyings(problems, contracts, theoretical),
    failures: [...early, ...arrays.failures],
    grids,
    theoretical,
    dividendModel,
    arraysFor,
  };
}

/** Shares move as they do whatever a table of theoretical values says, so other grids know them; options do not. */
function withoutModel(
  unusable: Uint8Array,
  { isOption }: ContractMaster,
  { isTheoretical }: TheoreticalValues,
): Uint8Array {
  return unusable.map((bad, row) => bad | ((isTheoretical[row] ?? 0) & (isOption[row] ?? 0)));
}

function contractSources(
  request: PrepareRequest,
  market: Market,
  theoretical: ReadonlyMap<string, number>,
): Parameters<typeof buildContractMaster>[1] {
  const { options } = request.tables;
  const { underlyings } = market;
  return {
    optionRows: rowsBySymbol(options),
    optionTerms: (row) =>
      optionRowTerms({
        text: (column) => options.text(column)[row] ?? null,
        number: (column) => options.number(column)[row] ?? Number.NaN,
        flag: (column) => options.flag(column)[row] ?? null,
      }),
    optionRoot: (root) => request.products.optionRoot(root),
    underlyingKind: (symbol, contract) =>
      underlyings.kind[underlyings.rowOf.get(symbol) ?? -1] ??
      // A contract with theoretical values needs no row of its underlying.
      (theoretical.has(contract) ? (request.products.product(symbol)?.kind ?? "stock") : undefined),
    underlyingMultiplier: (symbol) =>
      underlyings.multiplier[underlyings.rowOf.get(symbol) ?? -1] ??
      request.products.product(symbol)?.multiplier ??
      1,
    asOfMs: request.asOfMs,
  };
}

/** Canonical symbol → first row; of identical duplicates the first stands, differing ones are rejected. */
function rowsBySymbol(table: Table): Map<string, number> {
  const rows = new Map<string, number>();
  table.text("symbol").forEach((symbol, row) => {
    if (symbol === null) return;
    const key = canonicalSymbol(symbol);
    if (!rows.has(key)) rows.set(key, row);
  });
  return rows;
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
  return Uint8Array.from(contracts.underlying, (symbol) =>
    underlyings.marginEligible[underlyings.rowOf.get(symbol) ?? -1] === 0 ? 1 : 0,
  );
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
  return Uint8Array.from(contracts.symbols, (symbol, row) =>
    problems.has(symbol) || (isTheoretical[row] !== 1 && problems.has(contracts.underlying[row] ?? ""))
      ? 1
      : 0,
  );
}

/** A contract inherits what is wrong with its underlying, unless its values were given. */
function withUnderlyings(
  problems: ReadonlyMap<string, readonly Failure[]>,
  contracts: ContractMaster,
  { isTheoretical }: TheoreticalValues,
): Map<string, readonly Failure[]> {
  const all = new Map(problems);
  contracts.symbols.forEach((symbol, row) => {
    const underlying = contracts.underlying[row] ?? symbol;
    const isOwn = underlying === symbol || isTheoretical[row] === 1;
    const inherited = isOwn ? [] : (problems.get(underlying) ?? []);
    if (inherited.length > 0) all.set(symbol, [...(problems.get(symbol) ?? []), ...inherited]);
  });
  return all;
}
