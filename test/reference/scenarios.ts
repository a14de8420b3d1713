import type { ReferenceRules } from "./rules.js";

export interface ReferenceScenario {
  readonly move: number;
  /** The volatility that a contract with so many years left has in the scenario. */
  readonly volatility: (volatility: number, years: number) => number;
  /** Part of the gain or loss that counts. */
  readonly part: number;
}

/** How volatility moves where it is not by a share of itself, at every price and for every expiry. */
export interface ReferenceVolatility {
  readonly inPoints?: boolean;
  /** The move is as stated for this many days, and goes by (days / days left) ^ power otherwise, within the limits. */
  readonly fading?: {
    readonly days: number;
    readonly power: number;
    readonly least: number;
    readonly most: number;
  };
  /** Price moves, counted from 1, at which volatility moves; everywhere where this is left out. */
  readonly atPoints?: readonly number[];
  readonly pricesInTurn?: boolean;
}

export interface ReferenceExtreme {
  /** A move of the price; or so many times the farthest one up (> 0) or down (< 0). */
  readonly move?: number;
  readonly times?: number;
  readonly volatilityMove: number;
  readonly part: number;
}

/** The scenarios of a class group, one after the other. */
export function scenariosOf(rules: ReferenceRules, classGroup: string, type: string): ReferenceScenario[] {
  const moves = rules.movesOfClass?.[classGroup] ?? rules.moves[type];
  if (moves === undefined) throw new Error(`no moves for ${type}`);
  const list: ReferenceScenario[] = [];
  const add = (move: number, volatilityMove: number, part = 1): void => {
    list.push({
      move,
      part,
      volatility: (volatility, years) => volatilityAfter(volatility, volatilityMove, { years, rules }),
    });
  };
  const moving = (i: number): boolean => rules.volatility?.atPoints?.includes(i + 1) ?? true;
  if (rules.volatility?.pricesInTurn === true) {
    moves.forEach((move, i) => {
      for (const v of moving(i) ? rules.volatilityMoves : [0]) add(move, v);
    });
  } else {
    const still = moves.some((_, i) => !moving(i)) && !rules.volatilityMoves.includes(0);
    for (const v of still ? [0, ...rules.volatilityMoves] : rules.volatilityMoves)
      moves.forEach((move, i) => {
        if (moving(i) ? rules.volatilityMoves.includes(v) : v === 0) add(move, v);
      });
  }
  for (const { move, times = 0, volatilityMove, part } of rules.extremes ?? []) {
    const farthest = times > 0 ? Math.max(...moves) : Math.min(...moves);
    add(move ?? farthest * Math.abs(times), volatilityMove, part);
  }
  return list;
}

function volatilityAfter(
  volatility: number,
  move: number,
  { years, rules }: { years: number; rules: ReferenceRules },
): number {
  const fading = rules.volatility?.fading;
  let size = move;
  if (fading !== undefined) {
    const factor = (fading.days / (years * 365)) ** fading.power;
    size *= Math.max(fading.least, Math.min(fading.most, factor));
  }
  const moved = rules.volatility?.inPoints === true ? volatility + size : volatility * (1 + size);
  return moved < 0 ? 0 : moved;
}
