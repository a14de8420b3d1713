/** One valuation point: a price move combined with a volatility move. */
export interface Scenario {
  /** 1-based, as the columns p1 … pN of a theoretical-value table. */
  readonly index: number;
  readonly label: string;
  /** Fraction of the underlying's price: -0.15 = down 15 %. */
  readonly move: number;
  /** In the rule set's unit: a fraction of the volatility, or volatility points. 0 = unchanged. */
  readonly volatilityMove: number;
}

export type VolatilityUnit = "relative" | "points";

/**
 * The scenarios of a portfolio type: every price move under the first volatility move, then under the second, …
 * `cellOf[s]` is the kernel's cell of scenario s: volatility column × price count + price column; `baseCell` the
 * cell of the unchanged point, which the axes always hold.
 */
export interface ScenarioGrid {
  readonly scenarios: readonly Scenario[];
  readonly moves: Float64Array;
  readonly volatilityMoves: Float64Array;
  readonly volatilityUnit: VolatilityUnit;
  readonly cellOf: Int32Array;
  readonly baseCell: number;
}

export interface ScenarioMoves {
  readonly moves: readonly number[];
  readonly volatilityMoves: readonly number[];
  readonly volatilityUnit: VolatilityUnit;
}

/** Lays the scenarios of one portfolio type out on price and volatility axes that include "unchanged". */
export function scenarioGrid({ moves, volatilityMoves, volatilityUnit }: ScenarioMoves): ScenarioGrid {
  const priceAxis = withUnchanged(moves);
  const volatilityAxis = withUnchanged(volatilityMoves);
  const scenarios: Scenario[] = [];
  const cells: number[] = [];
  for (const volatilityMove of volatilityMoves)
    for (const move of moves) {
      const label = scenarioLabel(move, volatilityMove, volatilityUnit);
      scenarios.push({ index: scenarios.length + 1, label, move, volatilityMove });
      cells.push(volatilityAxis.indexOf(volatilityMove) * priceAxis.length + priceAxis.indexOf(move));
    }
  return {
    scenarios,
    moves: Float64Array.from(priceAxis),
    volatilityMoves: Float64Array.from(volatilityAxis),
    volatilityUnit,
    cellOf: Int32Array.from(cells),
    baseCell: volatilityAxis.indexOf(0) * priceAxis.length + priceAxis.indexOf(0),
  };
}

/** Spot factors of an underlying under each price move: 1 + leverage × move, never below 0. */
export function priceFactors(grid: ScenarioGrid, leverage: number): Float64Array {
  return grid.moves.map((move) => Math.max(0, 1 + leverage * move));
}

/** The volatility after a move, never below 0. NaN stays NaN. */
export function movedVolatility(volatility: number, move: number, unit: VolatilityUnit): number {
  return Math.max(0, unit === "relative" ? volatility * (1 + move) : volatility + move);
}

/** The moves in their order, each once, with the unchanged one in front where it is not among them. */
function withUnchanged(moves: readonly number[]): number[] {
  const distinct = [...new Set(moves.map((move) => (move === 0 ? 0 : move)))];
  return distinct.includes(0) ? distinct : [0, ...distinct];
}

function scenarioLabel(move: number, volatilityMove: number, unit: VolatilityUnit): string {
  const price = move === 0 ? "unchanged" : `${signedPercent(move)} %`;
  if (volatilityMove === 0) return price;
  const suffix = unit === "relative" ? "% of volatility" : "volatility points";
  return `${price}, ${signedPercent(volatilityMove)} ${suffix}`;
}

/** 0.064 → "+6.4": a percentage with as many decimals as it needs. */
function signedPercent(fraction: number): string {
  const percent = Number((fraction * 100).toPrecision(12));
  return `${percent > 0 ? "+" : ""}${percent}`;
}
