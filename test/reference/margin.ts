import { type Contract, makeContract } from "./contract.js";
import { finra4210g, type ReferenceRules } from "./rules.js";
import { scenariosOf } from "./scenarios.js";
import type { Snapshot } from "./snapshot.js";

export interface PositionMargin {
  readonly symbol: string;
  readonly quantity: number;
  readonly marketValue: number;
  readonly volatility: number;
  readonly minimum: number;
  readonly profit: number[];
}

export interface ClassGroupMargin {
  readonly id: string;
  readonly type: string;
  readonly profit: number[];
  readonly minimum: number;
  readonly positions: PositionMargin[];
}

export interface ProductGroupMargin {
  readonly id: string;
  readonly profit: number[];
  readonly classGroups: ClassGroupMargin[];
}

export interface PortfolioGroupMargin {
  readonly id: string;
  readonly profit: number[];
  /** Counted from 1; the first of equals. */
  readonly worstIndex: number;
  readonly scanLoss: number;
  readonly minimum: number;
  readonly requirement: number;
  readonly productGroups: ProductGroupMargin[];
}

export interface AccountMargin {
  readonly account: string;
  readonly marketValue: number;
  readonly cash: number;
  readonly equity: number;
  /** Not rounded. */
  readonly requirement: number;
  readonly excess: number;
  readonly portfolioGroups: PortfolioGroupMargin[];
}

/** FINRA Rule 4210(g) from beginning to end, one account after the other, one option after the other. */
export function referenceMargin(snapshot: Snapshot, rules: ReferenceRules = finra4210g): AccountMargin[] {
  const contracts = new Map<string, Contract>();
  const contractOf = (symbol: string): Contract => {
    const known = contracts.get(symbol) ?? makeContract(symbol, snapshot, rules);
    contracts.set(symbol, known);
    return known;
  };
  const profits = new Map<string, number[]>();
  const profitOf = (contract: Contract): number[] => {
    const known = profits.get(contract.symbol) ?? theoreticalProfits(contract, rules);
    profits.set(contract.symbol, known);
    return known;
  };
  const names = [...snapshot.positions, ...(snapshot.accounts ?? [])].map(({ account }) => account);
  return [...new Set(names)].sort().map((account) => {
    const lots = snapshot.positions.filter((row) => row.account === account);
    const held = new Map<Contract, { quantity: number; mark: number | undefined }>();
    for (const lot of lots) {
      const contract = contractOf(lot.symbol);
      const sofar = held.get(contract);
      held.set(contract, {
        quantity: (sofar?.quantity ?? 0) + lot.quantity,
        mark: sofar?.mark ?? lot.price,
      });
    }
    const classGroups = new Map<string, ClassGroupMargin>();
    for (const [contract, { quantity, mark }] of held) {
      if (quantity === 0) continue; // lots that cancel are no position
      const { classGroup: id, type } = contract;
      const position = positionMargin(contract, { quantity, mark, profit: profitOf(contract), rules });
      const group = classGroups.get(id) ?? { id, type, profit: [], minimum: 0, positions: [] };
      classGroups.set(id, {
        ...group,
        profit: position.profit.map((p, k) => p + (group.profit[k] ?? 0)),
        minimum: group.minimum + position.minimum,
        positions: [...group.positions, position],
      });
    }
    const portfolioGroups = offsetGroups([...classGroups.values()], rules);
    const positions = [...classGroups.values()].flatMap((group) => group.positions);
    const marketValue = positions.reduce((sum, p) => sum + p.marketValue, 0);
    const cash = snapshot.accounts?.find((row) => row.account === account)?.cash ?? 0;
    const requirement = portfolioGroups.reduce((sum, group) => sum + group.requirement, 0);
    const equity = marketValue + cash;
    return { account, marketValue, cash, equity, requirement, excess: equity - requirement, portfolioGroups };
  });
}

/** Gain or loss of one long contract at each valuation point: time stands still. */
export function theoreticalProfits(contract: Contract, rules: ReferenceRules): number[] {
  const { spot, volatility, multiplier, leverage, classGroup, type, years } = contract;
  const now = contract.value(spot, volatility);
  return scenariosOf(rules, classGroup, type).map((scenario) => {
    const movedSpot = spot * Math.max(0, 1 + leverage * scenario.move);
    const then = contract.value(movedSpot, scenario.volatility(volatility, years));
    return (then - now) * multiplier * scenario.part;
  });
}

interface Holding {
  readonly quantity: number;
  /** The account's own price, USD per unit. */
  readonly mark: number | undefined;
  readonly profit: readonly number[];
  readonly rules: ReferenceRules;
}

function positionMargin(contract: Contract, { quantity, mark, profit, rules }: Holding): PositionMargin {
  const { symbol, multiplier, volatility, spot } = contract;
  const price = mark ?? contract.quoted ?? contract.value(spot, volatility);
  const marketValue = quantity * multiplier * price;
  let minimum = 0;
  if (contract.isOption) minimum = rules.minimumPerUnit * multiplier * Math.abs(quantity);
  if (contract.isOption && quantity > 0) minimum = Math.min(minimum, marketValue);
  if (rules.minimumOfShortOptions === true && !(contract.isOption && quantity < 0)) minimum = 0;
  return { symbol, quantity, marketValue, volatility, minimum, profit: profit.map((p) => p * quantity) };
}

/** Class groups into product groups into portfolio groups; the requirement of each of the last. */
function offsetGroups(
  classGroups: readonly ClassGroupMargin[],
  rules: ReferenceRules,
): PortfolioGroupMargin[] {
  const productGroups = new Map<string, ClassGroupMargin[]>();
  for (const group of classGroups) {
    const id = rules.productGroups.find((g) => g.classGroups.includes(group.id))?.id ?? group.id;
    productGroups.set(id, [...(productGroups.get(id) ?? []), group]);
  }
  const portfolios = new Map<string, ProductGroupMargin[]>();
  for (const [id, members] of productGroups) {
    const said = rules.productGroups.find((g) => g.id === id);
    const profit = withOffset(
      members.map((m) => m.profit),
      said && said.classGroups.length > 1 ? said.offset : 1,
    );
    const above = said?.portfolioGroup ?? id;
    portfolios.set(above, [...(portfolios.get(above) ?? []), { id, profit, classGroups: members }]);
  }
  return [...portfolios].map(([id, members]) => {
    const offset = rules.portfolioGroups.find((g) => g.id === id)?.offset ?? 1;
    const profit = withOffset(
      members.map((m) => m.profit),
      offset,
    );
    const least = Math.min(...profit);
    const scanLoss = Math.max(0, -least);
    const minimum = members.flatMap((m) => m.classGroups).reduce((sum, g) => sum + g.minimum, 0);
    const requirement = Math.max(scanLoss, minimum);
    const worstIndex = profit.indexOf(least) + 1;
    return { id, profit, worstIndex, scanLoss, minimum, requirement, productGroups: members };
  });
}

/** At each point: every loss, and the offset's share of every gain. */
function withOffset(parts: readonly number[][], offset: number): number[] {
  return (parts[0] ?? []).map((_, k) => {
    const at = parts.map((profit) => profit[k]!);
    const losses = at.filter((p) => p < 0).reduce((sum, p) => sum + p, 0);
    const gains = at.filter((p) => p > 0).reduce((sum, p) => sum + p, 0);
    return losses + offset * gains;
  });
}
