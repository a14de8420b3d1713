import type { VolatilityDecay, VolatilityMoveTerms, VolatilityUnit } from "./volatility-move.js";

/** One valuation point: a price move combined with a volatility move. */
export interface Scenario {
  /** 1-based, as the columns p1 … pN of a theoretical-value table. */
  readonly index: number;
  readonly label: string;
  /** Fraction of the underlying's price: -0.15 = down 15 %. */
  readonly move: number;
  /** In the grid's unit: a fraction of the volatility, or volatility points. 0 = unchanged. */
  readonly volatilityMove: number;
  /** Share of the profit or loss that counts; 1 but for extreme moves. */
  readonly cover: number;
}

/**
 * The scenarios of one class group on two axes: the kernel values every price under every volatility once, and scenario s picks
 * `cellOf[s]`: volatility column × price count + price column. `baseCell` is the cell of the unchanged point, which the
 * axes always hold.
 */
export interface ScenarioGrid extends VolatilityMoveTerms {
  readonly scenarios: readonly Scenario[];
  /** The price axis. */
  readonly moves: Float64Array;
  /** The volatility axis, in the unit of the grid. */
  readonly volatilityMoves: Float64Array;
  readonly cellOf: Int32Array;
  /** By scenario. */
  readonly cover: Float64Array;
  readonly baseCell: number;
}

/** A scenario outside the product of price and volatility moves. */
export interface ExtraScenario {
  readonly move: number;
  readonly volatilityMove: number;
  readonly cover: number;
}

export interface ScenarioMoves {
  readonly moves: readonly number[];
  readonly volatilityMoves: readonly number[];
  readonly volatilityUnit: VolatilityUnit;
  /** Default `null`: volatility moves are the same for every expiry. */
  readonly decay?: VolatilityDecay | null;
  /** Positions in `moves`, from 1, at which volatility moves apply; at the others it stays. Default: all. */
  readonly atPoints?: readonly number[] | "all";
  /** Default `volatility`: all prices under the first volatility move, then under the second; `price`: the reverse. */
  readonly order?: "volatility" | "price";
  /** Appended in their order. */
  readonly extra?: readonly ExtraScenario[];
}

/** Lays scenarios out on price and volatility axes that include "unchanged". */
export function scenarioGrid(request: ScenarioMoves): ScenarioGrid {
  const { volatilityUnit: unit, decay = null, extra = [] } = request;
  const points = [...crossed(request), ...extra];
  const priceAxis = withUnchanged(points.map((point) => point.move));
  const volatilityAxis = withUnchanged(points.map((point) => point.volatilityMove));
  return {
    scenarios: points.map((point, i) => ({ index: i + 1, label: scenarioLabel(point, unit), ...point })),
    moves: Float64Array.from(priceAxis),
    volatilityMoves: Float64Array.from(volatilityAxis),
    unit,
    decay,
    cellOf: Int32Array.from(
      points,
      ({ move, volatilityMove }) =>
        volatilityAxis.indexOf(volatilityMove) * priceAxis.length + priceAxis.indexOf(move),
    ),
    cover: Float64Array.from(points, (point) => point.cover),
    baseCell: volatilityAxis.indexOf(0) * priceAxis.length + priceAxis.indexOf(0),
  };
}

/** Price moves × volatility moves in the order asked for. */
function crossed({
  moves,
  volatilityMoves,
  atPoints = "all",
  order = "volatility",
}: ScenarioMoves): ExtraScenario[] {
  const movesAt = moves.map((move, i) => ({
    move,
    under: atPoints === "all" || atPoints.includes(i + 1) ? volatilityMoves : [0],
  }));
  if (order === "price") return movesAt.flatMap(({ move, under }) => under.map((v) => scenario(move, v)));
  const levels = movesAt.every(({ under }) => under === volatilityMoves)
    ? volatilityMoves
    : withUnchanged(volatilityMoves);
  return levels.flatMap((v) =>
    movesAt.filter(({ under }) => under.includes(v)).map(({ move }) => scenario(move, v)),
  );
}

function scenario(move: number, volatilityMove: number): ExtraScenario {
  return { move, volatilityMove, cover: 1 };
}

/** Spot factors of an underlying under each price move: 1 + leverage × move, never below 0. */
export function priceFactors(grid: ScenarioGrid, leverage: number): Float64Array {
  return grid.moves.map((move) => Math.max(0, 1 + leverage * move));
}

/** The moves in their order, each once, with the unchanged one in front where it is not among them. */
function withUnchanged(moves: readonly number[]): number[] {
  const distinct = [...new Set(moves.map((move) => (move === 0 ? 0 : move)))];
  return distinct.includes(0) ? distinct : [0, ...distinct];
}

function scenarioLabel({ move, volatilityMove, cover }: ExtraScenario, unit: VolatilityUnit): string {
  const price = move === 0 ? "unchanged" : `${signedPercent(move)} %`;
  const suffix = unit === "relative" ? "% of volatility" : "volatility points";
  const volatility = volatilityMove === 0 ? "" : `, ${signedPercent(volatilityMove)} ${suffix}`;
  const covered = cover === 1 ? "" : `, ${percent(cover)} % of the profit or loss`;
  return `${price}${volatility}${covered}`;
}

/** 0.064 → "+6.4": a percentage with as many decimals as it needs. */
function signedPercent(fraction: number): string {
  return `${fraction > 0 ? "+" : ""}${percent(fraction)}`;
}

function percent(fraction: number): number {
  return Number((fraction * 100).toPrecision(12));
}
