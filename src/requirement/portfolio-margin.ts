import { type ContractMaster, quotedPrice } from "../contracts/contract-master.js";
import type { PortfolioType } from "../contracts/product-defaults.js";
import type { Book } from "../positions/book.js";
import { type ClassGroupTotals, holdingPrice } from "../risk/class-groups.js";
import type { RiskArrays } from "../risk/risk-arrays.js";
import type { GroupPlace } from "../rules/products.js";
import type { OffsetReadings } from "../rules/schema.js";
import type { Scenario } from "../scenarios/grid.js";
import { offsetProfits, worstIndex } from "./offsets.js";
import type {
  ClassGroupResult,
  PortfolioGroupResult,
  PositionResult,
  ProductGroupResult,
  WorstScenario,
} from "./result.js";

/** Everything the trees of a book's accounts are built from. */
export interface PortfolioMarginInputs {
  readonly book: Book;
  readonly contracts: ContractMaster;
  readonly arrays: RiskArrays;
  readonly totals: ClassGroupTotals;
  readonly unusable: Uint8Array;
  readonly classGroups: readonly { readonly id: string; readonly portfolioType: PortfolioType }[];
  readonly placeOf: (classGroup: string) => GroupPlace;
  readonly scenariosOf: (type: PortfolioType) => readonly Scenario[];
  readonly readings: OffsetReadings;
}

/**
 * The portfolio groups of one account, each with its requirement and the tree it rests on:
 * class groups net whole, product groups and portfolio groups offset at the same scenario, and the requirement is
 * the greater of the worst scenario's loss and the sum of the per-contract minimums.
 * FINRA 4210(g)(7), (g)(8).
 *
 * @param rows The account's rows of `totals`, ascending.
 */
export function portfolioGroups(
  rows: readonly number[],
  inputs: PortfolioMarginInputs,
): PortfolioGroupResult[] {
  const placed = rows
    .filter((row) => hasUsableHolding(row, inputs))
    .map((row) => {
      const classGroup = classGroupResult(row, inputs);
      return { classGroup, place: inputs.placeOf(classGroup.id) };
    });
  return groupBy(placed, ({ place }) => place.portfolioGroup).map(([id, members]) => {
    const productGroups = groupBy(members, ({ place }) => place.productGroup).map(([productId, parts]) =>
      productGroupResult(
        { id: productId, offset: parts[0]?.place.productOffset ?? 1 },
        parts.map((part) => part.classGroup),
        inputs,
      ),
    );
    return portfolioGroupResult(
      { id, offset: members[0]?.place.portfolioOffset ?? 1, productGroups },
      inputs,
    );
  });
}

function portfolioGroupResult(
  group: Pick<PortfolioGroupResult, "id" | "offset" | "productGroups">,
  { scenariosOf, readings }: PortfolioMarginInputs,
): PortfolioGroupResult {
  const profit = offsetProfits(
    group.productGroups.map((part) => Float64Array.from(part.profitUsd)),
    group.offset,
    readings.carriedGain,
  );
  const classGroups = group.productGroups.flatMap((part) => part.classGroups);
  const minimumUsd = classGroups.reduce((sum, part) => sum + part.minimumUsd, 0);
  const at = worstIndex(profit);
  const scanLossUsd = Math.max(0, -(profit[at] ?? Number.NaN));
  // By class group the minimums are in the profits already.
  const heldAgainst = readings.minimumPer === "portfolio_group" ? minimumUsd : 0;
  return {
    ...group,
    requirementUsd: Math.max(scanLossUsd, heldAgainst),
    scanLossUsd,
    minimumUsd,
    worst: worstOfTypes(classGroups, at, scenariosOf),
    profitUsd: [...profit],
  };
}

/** Class groups of different types move differently at one point: the label then says each. */
function worstOfTypes(
  classGroups: readonly ClassGroupResult[],
  at: number,
  scenariosOf: PortfolioMarginInputs["scenariosOf"],
): WorstScenario {
  const types = [...new Set(classGroups.map((group) => group.portfolioType))];
  const first = worstScenario(scenariosOf(types[0] ?? "equity"), at);
  if (types.length < 2) return first;
  const moves = classGroups.map(
    ({ id, portfolioType }) => `${id} ${worstScenario(scenariosOf(portfolioType), at).label}`,
  );
  return { ...first, label: `point ${first.index} (${moves.join("; ")})` };
}

function productGroupResult(
  group: { readonly id: string; readonly offset: number },
  classGroups: readonly ClassGroupResult[],
  { readings }: PortfolioMarginInputs,
): ProductGroupResult {
  const parts = classGroups.map(({ profitUsd, minimumUsd }) =>
    readings.minimumPer === "class_group"
      ? Float64Array.from(profitUsd, (profit) => Math.min(profit, -minimumUsd))
      : Float64Array.from(profitUsd),
  );
  const profit = offsetProfits(parts, group.offset, readings.carriedGain);
  return { ...group, profitUsd: [...profit], classGroups };
}

function holdingsOf(row: number, { totals }: PortfolioMarginInputs): number[] {
  const start = totals.holdingStart[row] ?? 0;
  const end = totals.holdingStart[row + 1] ?? start;
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function isUsable(holding: number, { book, unusable }: PortfolioMarginInputs): boolean {
  return unusable[book.contract[holding] ?? -1] !== 1;
}

function hasUsableHolding(row: number, inputs: PortfolioMarginInputs): boolean {
  return holdingsOf(row, inputs).some((holding) => isUsable(holding, inputs));
}

function classGroupResult(row: number, inputs: PortfolioMarginInputs): ClassGroupResult {
  const { totals, classGroups } = inputs;
  const group = classGroups[totals.classGroup[row] ?? -1] ?? { id: "", portfolioType: "equity" as const };
  const profit = totals.profit.subarray(row * totals.scenarioCount, (row + 1) * totals.scenarioCount);
  return {
    ...group,
    profitUsd: [...profit],
    worst: worstScenario(inputs.scenariosOf(group.portfolioType), worstIndex(profit)),
    minimumUsd: totals.minimum[row] ?? Number.NaN,
    positions: holdingsOf(row, inputs)
      .filter((holding) => isUsable(holding, inputs))
      .map((holding) => positionResult(holding, inputs)),
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
    quantity,
    priceUsd: quotedPrice(holdingPrice(inputs, holding), contract, contracts),
    marketValueUsd: totals.holdingMarketValue[holding] ?? Number.NaN,
    volatility: isOption ? (arrays.volatility[contract] ?? Number.NaN) : null,
    minimumUsd: totals.holdingMinimum[holding] ?? Number.NaN,
    profitUsd: Array.from(perContract, (profit) => quantity * profit),
    delta: units * (arrays.delta[contract] ?? Number.NaN),
    gamma: units * (arrays.gamma[contract] ?? Number.NaN),
    vega: units * (arrays.vega[contract] ?? Number.NaN),
    theta: units * (arrays.theta[contract] ?? Number.NaN),
  };
}

function worstScenario(scenarios: readonly Scenario[], at: number): WorstScenario {
  const scenario = scenarios[at];
  if (scenario === undefined) throw new RangeError(`no scenario ${at + 1}`);
  const { index, label, move, volatilityMove } = scenario;
  return { index, label, move, volatilityMove };
}

/** Groups in the code-unit order of their keys, members in their own order. */
function groupBy<Member>(
  members: readonly Member[],
  keyOf: (member: Member) => string,
): (readonly [string, readonly Member[]])[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = keyOf(member);
    const group = groups.get(key) ?? [];
    group.push(member);
    groups.set(key, group);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
