import type { ReferenceExtreme, ReferenceVolatility } from "./scenarios.js";

/** A rule set, as far as the reference engine needs one. */
export interface ReferenceRules {
  /** Per portfolio type: the moves of the underlying's price, as fractions, one a valuation point. */
  readonly moves: Readonly<Record<string, readonly number[]>>;
  /** Moves of single class groups, where they are not their type's. */
  readonly movesOfClass?: Readonly<Record<string, readonly number[]>>;
  /** Moves of the volatility, each combined with every price move; relative unless `volatility` says otherwise. */
  readonly volatilityMoves: readonly number[];
  readonly volatility?: ReferenceVolatility;
  /** Scenarios after those. */
  readonly extremes?: readonly ReferenceExtreme[];
  /** USD per option contract and unit of its multiplier. */
  readonly minimumPerUnit: number;
  /** Short options alone carry the minimum. */
  readonly minimumOfShortOptions?: boolean;
  readonly products: Readonly<Record<string, ReferenceProduct>>;
  readonly optionRoots: Readonly<Record<string, ReferenceRoot>>;
  /** A class group that is not named is a product group, and a portfolio group, of its own without offset. */
  readonly productGroups: readonly {
    readonly id: string;
    readonly portfolioGroup: string;
    readonly classGroups: readonly string[];
    readonly offset: number;
  }[];
  readonly portfolioGroups: readonly { readonly id: string; readonly offset: number }[];
}

export interface ReferenceProduct {
  readonly kind: string;
  readonly classGroup: string;
  readonly type: string;
  readonly leverage: number;
}

export interface ReferenceRoot {
  readonly underlying: string;
  readonly american: boolean;
  /** Settles at the opening of its last day (09:30), not at the close (16:00). */
  readonly settlesAtOpening: boolean;
}

/** Five equal steps to `down` and five to `up`, from the far end of the one to the far end of the other. */
export function tenPoints(down: number, up: number): number[] {
  const steps = [1, 2, 3, 4, 5];
  return [...steps.map((i) => (-down * (6 - i)) / 5), ...steps.map((i) => (up * i) / 5)];
}

const index = (classGroup: string, type: string): ReferenceProduct => ({
  kind: "index",
  classGroup,
  type,
  leverage: 1,
});
const fund = (classGroup: string, type: string): ReferenceProduct => ({
  kind: "etf",
  classGroup,
  type,
  leverage: 1,
});

/**
 * FINRA Rule 4210(g): ten points, (g)(2)(F), of -8/+6 % for a high-capitalisation broad index, 10 % for another
 * broad index, 15 % for all else; $.375 a unit, (g)(7)(B). Products: those the tests hold.
 */
export const finra4210g: ReferenceRules = {
  moves: {
    high_cap_broad_index: tenPoints(0.08, 0.06),
    broad_index: tenPoints(0.1, 0.1),
    narrow_index: tenPoints(0.15, 0.15),
    equity: tenPoints(0.15, 0.15),
  },
  volatilityMoves: [0],
  minimumPerUnit: 0.375,
  products: {
    SPX: index("SPX", "high_cap_broad_index"),
    XSP: index("SPX", "high_cap_broad_index"),
    SPY: fund("SPX", "high_cap_broad_index"),
    NDX: index("NDX", "broad_index"),
    QQQ: fund("NDX", "broad_index"),
    RUT: index("RUT", "broad_index"),
    IWM: fund("RUT", "broad_index"),
  },
  optionRoots: {
    SPX: { underlying: "SPX", american: false, settlesAtOpening: true },
    SPXW: { underlying: "SPX", american: false, settlesAtOpening: false },
    XSP: { underlying: "XSP", american: false, settlesAtOpening: false },
    NDX: { underlying: "NDX", american: false, settlesAtOpening: true },
    NDXP: { underlying: "NDX", american: false, settlesAtOpening: false },
    RUT: { underlying: "RUT", american: false, settlesAtOpening: true },
    RUTW: { underlying: "RUT", american: false, settlesAtOpening: false },
  },
  // From memory of SEC Rule 15c3-1a: 90 %, 75 % and 50 %.
  productGroups: [
    { id: "US-HIGH-CAP", portfolioGroup: "US-INDEX", classGroups: ["SPX", "OEX", "DJX"], offset: 0.9 },
    { id: "US-NASDAQ", portfolioGroup: "US-INDEX", classGroups: ["NDX"], offset: 0.75 },
    { id: "US-SMALL-CAP", portfolioGroup: "US-INDEX", classGroups: ["RUT"], offset: 0.75 },
  ],
  portfolioGroups: [{ id: "US-INDEX", offset: 0.5 }],
};
