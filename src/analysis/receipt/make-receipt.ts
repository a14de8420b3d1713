import type { HouseTestResult } from "../../requirement/house/result.js";
import type {
  AccountResult,
  ClassGroupResult,
  MarginResult,
  PortfolioGroupResult,
  PositionResult,
  ProductGroupResult,
  StrategySideResult,
} from "../../requirement/result.js";
import type { RuleSet } from "../../rules/load.js";
import {
  type AccountNode,
  type ClassGroupNode,
  type ConversionLossNode,
  hashed,
  type HouseTestNode,
  type NotEligibleNode,
  type PortfolioGroupNode,
  type PositionNode,
  type ProductGroupNode,
  type Receipt,
  receiptFormat,
  rootHash,
  type StrategySideNode,
  type RunNode,
} from "./document.js";

/** The receipt of a run: the result as a tree of hashes. Equal results give equal bytes, and an equal root. */
export function makeReceipt(result: MarginResult, rules: RuleSet): Receipt {
  const { perUnitUsd, cappedAtLongMarketValue, appliesTo } = rules.minimum;
  const { accounts, totals, asOf, engine, inputHash, notes } = result;
  const body = {
    format: receiptFormat as typeof receiptFormat,
    asOf,
    rules: { name: rules.name, hash: rules.hash },
    engine: { version: engine.version, kernelHash: engine.kernelHash },
    inputHash,
    figures: { minimum: { perUnitUsd, cappedAtLongMarketValue, appliesTo }, ...rules.readings },
    notes: [...notes],
    run: hashed<RunNode>({ kind: "run", id: asOf, ...totals, children: accounts.map(accountNode) }),
  } satisfies Omit<Receipt, "root">;
  return { ...body, root: rootHash(body) };
}

function accountNode(account: AccountResult): AccountNode {
  const { portfolioGroups, notEligible, conversionLosses, strategySide, houseTests = [] } = account;
  return hashed<AccountNode>({
    kind: "account",
    id: account.account,
    status: account.status,
    marketValueUsd: account.marketValueUsd,
    cashUsd: account.cashUsd,
    otherEquityUsd: account.otherEquityUsd,
    equityUsd: account.equityUsd,
    regulatoryUsd: account.requirementOfUsedUsd,
    requirementUsd: account.requirementUsd,
    excessUsd: account.excessUsd,
    setBy: account.binding ?? null,
    unverified: [...account.unverified],
    failures: account.failures.map(({ code, value }) => ({ code, value })),
    children: [
      ...portfolioGroups.map(portfolioGroupNode),
      ...notEligible.map(({ symbol, ...rest }) =>
        hashed<NotEligibleNode>({ kind: "notEligible", id: symbol, ...rest }),
      ),
      ...conversionLosses.map(({ symbol, ...rest }) =>
        hashed<ConversionLossNode>({ kind: "conversionLoss", id: symbol, ...rest }),
      ),
      ...(strategySide === null ? [] : [strategySideNode(strategySide)]),
      ...houseTests.map(houseTestNode),
    ],
  });
}

function strategySideNode({ positions, strategies, requirementUsd }: StrategySideResult): StrategySideNode {
  return hashed<StrategySideNode>({
    kind: "strategySide",
    id: "strategy-based margin",
    positions: positions.map((position) => ({ ...position })),
    strategies: [...strategies],
    requirementUsd,
  });
}

function houseTestNode(found: HouseTestResult): HouseTestNode {
  const { id, kind: test, status, requirementUsd, addedUsd, lossUsd, limitUsd, excessUsd } = found;
  const { worst, binding, reason, rule } = found;
  const figures = { requirementUsd, addedUsd, lossUsd, limitUsd, excessUsd };
  return hashed<HouseTestNode>({
    kind: "houseTest",
    id,
    test,
    status,
    ...figures,
    worst,
    binding,
    reason,
    rule,
  });
}

function portfolioGroupNode(group: PortfolioGroupResult): PortfolioGroupNode {
  const { productGroups, profitUsd, ...rest } = group;
  return hashed<PortfolioGroupNode>({
    kind: "portfolioGroup",
    ...rest,
    profitUsd: [...profitUsd],
    children: productGroups.map(productGroupNode),
  });
}

function productGroupNode({
  id,
  offset,
  profitUsd,
  costUsd,
  classGroups,
}: ProductGroupResult): ProductGroupNode {
  return hashed<ProductGroupNode>({
    kind: "productGroup",
    id,
    offset,
    profitUsd: [...profitUsd],
    costUsd,
    children: classGroups.map(classGroupNode),
  });
}

function classGroupNode(group: ClassGroupResult): ClassGroupNode {
  const { id, portfolioType, profitUsd, minimumUsd, worst, costUsd } = group;
  return hashed<ClassGroupNode>({
    kind: "classGroup",
    id,
    portfolioType,
    profitUsd: [...profitUsd],
    minimumUsd,
    worst,
    costUsd,
    children: group.positions.map(positionNode),
  });
}

function positionNode(position: PositionResult): PositionNode {
  const { symbol, kind, source, profitUsd, quantity, multiplier, priceUsd } = position;
  const { volatility, marketValueUsd, minimumUsd, costUsd } = position;
  return hashed<PositionNode>({
    kind: "position",
    id: symbol,
    instrument: kind,
    quantity,
    multiplier,
    priceUsd: orNull(priceUsd),
    volatility: orNull(volatility),
    profitSource: source,
    marketValueUsd,
    minimumUsd,
    profitUsd: [...profitUsd],
    costUsd,
  });
}

function orNull(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : value;
}
