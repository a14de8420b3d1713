import type { MarketTables } from "../../examples/readers/tables.js";
import type { PositionRow } from "../reference/snapshot.js";

/** What the strategies of a test are built from. */
export interface Chain {
  readonly tables: MarketTables;
  /** Root of the options, and the two expiries (yymmdd) in use. */
  readonly root: string;
  readonly near: string;
  readonly far: string;
  readonly spot: number;
  /** The stock that goes with the options, and how much of it goes with one contract. */
  readonly stock: string;
  readonly sharesPerContract: number;
  /** Contracts in a leg. */
  readonly lots: number;
}

/** One leg: + long, - short, in units of `lots`. */
type Leg = readonly [what: string, ratio: number];

type Pick = (type: "C" | "P", moneyness: number, expiry?: "near" | "far") => string;

/**
 * The listed option nearest to `moneyness` times the spot.
 *
 * @throws where the chain has none within 2 % of it, so that no test rests on a strike it did not mean
 */
export function pickOption(chain: Chain): Pick {
  return (type, moneyness, expiry = "near") => {
    const start = chain.root.padEnd(6) + chain[expiry] + type;
    const wanted = moneyness * chain.spot;
    const distance = (symbol: string): number => Math.abs(Number(symbol.slice(13)) / 1000 - wanted);
    const listed = chain.tables.options.map(({ symbol }) => symbol).filter((s) => s.startsWith(start));
    const [nearest] = listed.toSorted((a, b) => distance(a) - distance(b));
    if (nearest === undefined || distance(nearest) > 0.02 * chain.spot)
      throw new Error(`no option near ${start} ${wanted}`);
    return nearest;
  };
}

/** Names and legs of the usual strategies; moneyness is far enough apart that no two strikes coincide. */
export function strategies(chain: Chain): Record<string, Leg[]> {
  const pick = pickOption(chain);
  const stock = chain.stock;
  const [c, p] = [pick("C", 1), pick("P", 1)];
  const [cUp, cFar, cDown] = [pick("C", 1.05), pick("C", 1.1), pick("C", 0.95)];
  const [pDown, pFar, pUp] = [pick("P", 0.95), pick("P", 0.9), pick("P", 1.05)];
  const [cLater, pLater, cUpLater] = [pick("C", 1, "far"), pick("P", 1, "far"), pick("C", 1.05, "far")];
  return {
    "stock-long": [[stock, 1]],
    "stock-short": [[stock, -1]],
    "covered-call": [
      [stock, 1],
      [cUp, -1],
    ],
    "covered-put": [
      [stock, -1],
      [pDown, -1],
    ],
    "protective-put": [
      [stock, 1],
      [pDown, 1],
    ],
    "protective-call": [
      [stock, -1],
      [cUp, 1],
    ],
    collar: [
      [stock, 1],
      [pDown, 1],
      [cUp, -1],
    ],
    conversion: [
      [stock, 1],
      [p, 1],
      [c, -1],
    ],
    reversal: [
      [stock, -1],
      [p, -1],
      [c, 1],
    ],
    "call-long": [[c, 1]],
    "put-long": [[p, 1]],
    "call-short": [[c, -1]],
    "put-short": [[p, -1]],
    "synthetic-long": [
      [c, 1],
      [p, -1],
    ],
    "synthetic-short": [
      [c, -1],
      [p, 1],
    ],
    "risk-reversal": [
      [cUp, 1],
      [pDown, -1],
    ],
    "bull-call-spread": [
      [c, 1],
      [cUp, -1],
    ],
    "bear-call-spread": [
      [c, -1],
      [cUp, 1],
    ],
    "bull-put-spread": [
      [p, -1],
      [pDown, 1],
    ],
    "bear-put-spread": [
      [p, 1],
      [pDown, -1],
    ],
    box: [
      [cDown, 1],
      [cUp, -1],
      [pUp, 1],
      [pDown, -1],
    ],
    "straddle-long": [
      [c, 1],
      [p, 1],
    ],
    "straddle-short": [
      [c, -1],
      [p, -1],
    ],
    "strangle-long": [
      [cUp, 1],
      [pDown, 1],
    ],
    "strangle-short": [
      [cUp, -1],
      [pDown, -1],
    ],
    "iron-condor": [
      [pFar, 1],
      [pDown, -1],
      [cUp, -1],
      [cFar, 1],
    ],
    "iron-butterfly": [
      [pDown, 1],
      [p, -1],
      [c, -1],
      [cUp, 1],
    ],
    "call-butterfly": [
      [cDown, 1],
      [c, -2],
      [cUp, 1],
    ],
    "put-butterfly": [
      [pDown, 1],
      [p, -2],
      [pUp, 1],
    ],
    "call-condor": [
      [cDown, 1],
      [c, -1],
      [cUp, -1],
      [cFar, 1],
    ],
    "call-calendar": [
      [c, -1],
      [cLater, 1],
    ],
    "put-calendar": [
      [p, -1],
      [pLater, 1],
    ],
    "reverse-calendar": [
      [c, 1],
      [cLater, -1],
    ],
    diagonal: [
      [cUp, -1],
      [cLater, 1],
    ],
    "double-calendar": [
      [cUp, -1],
      [cUpLater, 1],
      [p, -1],
      [pLater, 1],
    ],
    "call-ratio-spread": [
      [c, 1],
      [cUp, -2],
    ],
    "put-ratio-spread": [
      [p, 1],
      [pDown, -2],
    ],
    "call-backspread": [
      [c, -1],
      [cUp, 2],
    ],
    "jade-lizard": [
      [pDown, -1],
      [cUp, -1],
      [cFar, 1],
    ],
    strap: [
      [c, 2],
      [p, 1],
    ],
  };
}

/** The strategies as accounts of one snapshot, each with cash of its own. */
export function strategyBook(
  chain: Chain,
  books: Record<string, readonly Leg[]>,
): { positions: PositionRow[]; accounts: { account: string; cash: number }[] } {
  const positions = Object.entries(books).flatMap(([account, legs]) =>
    legs.map(([symbol, ratio]) => {
      const perLot = symbol === chain.stock ? chain.sharesPerContract : 1;
      return { account, symbol, quantity: ratio * chain.lots * perLot };
    }),
  );
  const accounts = Object.keys(books).map((account, i) => ({ account, cash: 100_000 - 7_000.25 * i }));
  return { positions, accounts };
}
