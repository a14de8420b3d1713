import { quotedPrice } from "../contracts/contract-master.js";
import { holdingPrice } from "../risk/class-groups.js";
import type { Scenario } from "../scenarios/grid.js";
import { classGroupGreeks } from "./greeks.js";
import type { PortfolioMarginInputs } from "./inputs.js";
import { worstIndex } from "./offsets.js";
import type { ClassGroupResult, PositionResult, WorstScenario } from "./result.js";

function holdingsOf(row: number, { totals }: PortfolioMarginInputs): number[] {
  const start = totals.holdingStart[row] ?? 0;
  const end = totals.holdingStart[row + 1] ?? start;
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function isUsable(holding: number, { book, unusable }: PortfolioMarginInputs): boolean {
  return unusable[book.contract[holding] ?? -1] !== 1;
}

export function hasUsableHolding(row: number, inputs: PortfolioMarginInputs): boolean {
  const { holdingStart } = inputs.totals;
  for (let holding = holdingStart[row] ?? 0; holding < (holdingStart[row + 1] ?? 0); holding++)
    if (isUsable(holding, inputs)) return true;
  return false;
}

/** One class group of one account; what it costs is known only once its portfolio group is (`withCosts`). */
export function classGroupResult(row: number, inputs: PortfolioMarginInputs): ClassGroupResult {
  const { totals, classGroups } = inputs;
  const group = classGroups[totals.classGroup[row] ?? -1] ?? { id: "", portfolioType: "equity" as const };
  const profit = totals.profit.subarray(row * totals.scenarioCount, (row + 1) * totals.scenarioCount);
  const holdings = holdingsOf(row, inputs).filter((holding) => isUsable(holding, inputs));
  const positions = holdings.map((holding) => positionResult(holding, inputs));
  const contractRows = holdings.map((holding) => inputs.book.contract[holding] ?? -1);
  return {
    ...group,
    profitUsd: [...profit],
    worst: worstScenario(inputs.scenariosOf(group), worstIndex(profit)),
    minimumUsd: totals.minimum[row] ?? Number.NaN,
    costUsd: 0,
    greeks: classGroupGreeks(positions, contractRows, { ...inputs, classGroup: group.id }),
    positions,
  };
}

function positionResult(holding: number, inputs: PortfolioMarginInputs): PositionResult {
  const { book, contracts, arrays, totals } = inputs;
  const contract = book.contract[holding] ?? -1;
  const quantity = book.quantity[holding] ?? Number.NaN;
  const n = arrays.scenarioCount;
  const perContract = arrays.profit.subarray(contract * n, (contract + 1) * n);
  const units = quantity * (contracts.multiplier[contract] ?? Number.NaN);
  const isOption = contracts.isOption[contract] === 1;
  return {
    symbol: contracts.symbols[contract] ?? "",
    kind: isOption ? "option" : contracts.isFuture[contract] === 1 ? "future" : "share",
    source: inputs.theoretical.isTheoretical[contract] === 1 ? "theoretical" : "model",
    quantity,
    multiplier: contracts.quoteMultiplier[contract] ?? Number.NaN,
    priceUsd: quotedPrice(holdingPrice(inputs, holding), contract, contracts),
    marketValueUsd: totals.holdingMarketValue[holding] ?? Number.NaN,
    volatility: isOption ? orNull(arrays.volatility[contract]) : null,
    minimumUsd: totals.holdingMinimum[holding] ?? Number.NaN,
    profitUsd: Array.from(perContract, (profit) => quantity * profit),
    delta: units * (arrays.delta[contract] ?? Number.NaN),
    gamma: units * (arrays.gamma[contract] ?? Number.NaN),
    vega: units * (arrays.vega[contract] ?? Number.NaN),
    theta: units * (arrays.theta[contract] ?? Number.NaN),
    costUsd: 0,
  };
}

/** Theoretical values may come without a volatility. */
function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

export function worstScenario(scenarios: readonly Scenario[], at: number): WorstScenario {
  const scenario = scenarios[at];
  if (scenario === undefined) throw new RangeError(`no scenario ${at + 1}`);
  const { index, label, move, volatilityMove } = scenario;
  return { index, label, move, volatilityMove };
}
