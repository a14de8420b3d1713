import type { PortfolioMarginInputs } from "./inputs.js";
import type { ConversionLossResult, NotEligibleResult, StrategySideResult } from "./result.js";
import type { Run } from "./run.js";

/** Shares that are no margin equity securities: a share of their value, whatever else the account holds. */
export function notEligiblePositions(
  rows: readonly number[],
  inputs: PortfolioMarginInputs,
  { request, prepared }: Run,
): NotEligibleResult[] {
  const { longShare, shortShare } = request.rules.notEligible;
  const isCharged = (contract: number): boolean =>
    isLeftOut(contract, prepared) && inputs.contracts.isOption[contract] !== 1;
  return holdingsWhere(isCharged, rows, inputs).map((holding) => {
    const marketValueUsd = inputs.totals.holdingMarketValue[holding] ?? Number.NaN;
    const shareOfValue = marketValueUsd < 0 ? shortShare : longShare;
    return {
      ...heldOf(holding, inputs),
      marketValueUsd,
      shareOfValue,
      requirementUsd: shareOfValue * Math.abs(marketValueUsd),
    };
  });
}

function isLeftOut(contract: number, { notEligible, unusable }: Run["prepared"]): boolean {
  return notEligible[contract] === 1 && unusable[contract] !== 1;
}

/**
 * Options on shares that are not eligible: they may stand in the account at strategy-based margin, apart from everything
 * else it holds. FINRA 4210(g)(7)(D). `null` where the account has none.
 */
export function strategySide(
  rows: readonly number[],
  inputs: PortfolioMarginInputs,
  { request, prepared }: Run,
): StrategySideResult | null {
  const isOption = (contract: number): boolean =>
    isLeftOut(contract, prepared) && inputs.contracts.isOption[contract] === 1;
  const holdings = holdingsWhere(isOption, rows, inputs);
  if (holdings.length === 0) return null;
  const positions = holdings.map((holding) => ({
    ...heldOf(holding, inputs),
    marketValueUsd: inputs.totals.holdingMarketValue[holding] ?? Number.NaN,
  }));
  return { positions, ...request.strategyMargin(holdings, { prepared, book: inputs.book }) };
}

/**
 * Long positions that count as the shares they convert into: what they cost above those shares is lost in converting and
 * is charged besides. FINRA 4210(g)(8)(E). A short one loses nothing: whoever holds it bears the loss.
 */
export function conversionLosses(
  rows: readonly number[],
  inputs: PortfolioMarginInputs,
): ConversionLossResult[] {
  const { market, contracts, unusable, book } = inputs;
  const lossOf = (contract: number): number =>
    contracts.isOption[contract] === 1
      ? 0
      : (market.underlyings.conversionLoss[
          market.underlyings.rowOf.get(contracts.symbols[contract] ?? "") ?? -1
        ] ?? 0);
  const isCharged = (contract: number): boolean => unusable[contract] !== 1 && lossOf(contract) > 0;
  return holdingsWhere(isCharged, rows, inputs)
    .filter((holding) => (book.quantity[holding] ?? 0) > 0)
    .map((holding) => {
      const lossPerUnitUsd = lossOf(book.contract[holding] ?? -1);
      const held = heldOf(holding, inputs);
      return { ...held, lossPerUnitUsd, requirementUsd: held.quantity * lossPerUnitUsd };
    });
}

function heldOf(
  holding: number,
  { contracts, book }: PortfolioMarginInputs,
): { symbol: string; quantity: number } {
  return {
    symbol: contracts.symbols[book.contract[holding] ?? -1] ?? "",
    quantity: book.quantity[holding] ?? Number.NaN,
  };
}

function holdingsWhere(
  isWanted: (contract: number) => boolean,
  rows: readonly number[],
  { totals, book }: PortfolioMarginInputs,
): number[] {
  return rows
    .flatMap((row) => range(totals.holdingStart[row] ?? 0, totals.holdingStart[row + 1] ?? 0))
    .filter((holding) => isWanted(book.contract[holding] ?? -1));
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
