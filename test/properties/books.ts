import { array, constantFrom, integer, record, uniqueArray, type Arbitrary } from "fast-check";
import { loadRuleSet } from "../../src/rules/load.js";
import type { RuleSetDocument } from "../../src/rules/schema.js";
import { finra4210g, type ReferenceRules } from "../reference/rules.js";
import type { OptionRow, PositionRow, Snapshot, UnderlyingRow } from "../reference/snapshot.js";

export interface BookKinds {
  /** American options on the stocks (one of them pays cash dividends), besides European ones on the index. */
  readonly american: boolean;
  /** The options table gives prices of its own; without, the model's value is the market value. */
  readonly priced: boolean;
}

const asOf = "2024-03-15T16:00:00-04:00";
const expiries = ["240322", "240419", "240621", "250117"];
const cents = (least: number, most: number): Arbitrary<number> =>
  integer({ min: least * 100, max: most * 100 }).map((n) => n / 100);

/** Stocks AAA and BBB, index IDX, and the funds FND and INV (inverse) in the index's class group. */
const underlyings: Arbitrary<UnderlyingRow[]> = record({
  prices: array(cents(20, 400), { minLength: 5, maxLength: 5 }),
  type: constantFrom("high_cap_broad_index", "broad_index", "narrow_index"),
  yields: array(constantFrom(0, 0.01, 0.035), { minLength: 2, maxLength: 2 }),
  leverage: constantFrom(1, 2, 3),
}).map(({ prices, type, yields, leverage }) => [
  { symbol: "AAA", price: prices[0]!, dividend_yield: yields[0]! },
  { symbol: "BBB", price: prices[1]!, borrow_rate: 0.005 },
  { symbol: "IDX", price: prices[2]!, kind: "index", portfolio_type: type, dividend_yield: yields[1]! },
  { symbol: "FND", price: prices[3]!, kind: "etf", class_group: "IDX", leverage },
  { symbol: "INV", price: prices[4]!, kind: "etf", class_group: "IDX", leverage: -leverage },
]);

function optionRows(roots: readonly UnderlyingRow[], priced: boolean): Arbitrary<OptionRow[]> {
  const row = record({
    underlying: constantFrom(...roots),
    expiry: constantFrom(...expiries),
    type: constantFrom("C", "P"),
    moneyness: integer({ min: 12, max: 30 }),
    volatility: integer({ min: 10, max: 90 }),
    price: cents(0, 30),
  }).map(({ underlying, expiry, type, moneyness, volatility, price }) => {
    // Strikes in halves, from 0.6 to 1.5 of the spot.
    const strike = Math.max(0.5, Math.round((underlying.price * moneyness) / 10) / 2);
    const thousandths = String(strike * 1000).padStart(8, "0");
    const symbol = `${underlying.symbol.padEnd(6)}${expiry}${type}${thousandths}`;
    const common = { symbol, volatility: volatility / 100 };
    return priced ? { ...common, price } : common;
  });
  return uniqueArray(row, { minLength: 1, maxLength: 6, selector: ({ symbol }) => symbol });
}

function positionRows(symbols: readonly string[], accounts: readonly string[]): Arbitrary<PositionRow[]> {
  const row = record({
    account: constantFrom(...accounts),
    symbol: constantFrom(...symbols),
    quantity: integer({ min: 1, max: 40 }).chain((n) => constantFrom(n, -n)),
  });
  return array(row, { minLength: 1, maxLength: 9 });
}

/** Random books: one or two accounts, stock, funds and options over up to three class groups, several lots. */
export function books(kinds: BookKinds): Arbitrary<Snapshot> {
  return underlyings.chain((rows) => {
    const roots = kinds.american ? rows.slice(0, 3) : rows.slice(2, 3);
    return optionRows(roots, kinds.priced).chain((options) => {
      const symbols = [...rows, ...options].map(({ symbol }) => symbol);
      return positionRows(symbols, ["one", "two"]).map((positions) => ({
        asOf,
        rates: [
          { years: 0.1, rate: 0.053 },
          { years: 1, rate: 0.049 },
        ],
        underlyings: rows,
        options,
        dividends: [
          { symbol: "BBB", ex_date: "2024-04-10", amount: 0.35 },
          { symbol: "BBB", ex_date: "2024-07-10", amount: 0.4 },
        ],
        positions,
      }));
    });
  });
}

/** The built-in rule set as a document, to be changed. */
export function ruleDocument(): RuleSetDocument {
  const { hash: _, ...document } = loadRuleSet("finra-4210g");
  return document;
}

/** The same rules with other moves, for the engine: `change` maps the moves of every portfolio type. */
export function withMoves(change: (moves: readonly number[]) => number[]): RuleSetDocument {
  const document = ruleDocument();
  const types = Object.entries(document.portfolioTypes).map(([type, grid]) => [
    type,
    { ...grid, moves: change(grid.moves) },
  ]);
  return { ...document, portfolioTypes: Object.fromEntries(types) as RuleSetDocument["portfolioTypes"] };
}

/** Offsets for the three class groups of the books, in both engines' words. */
export const offsets = record({
  product: integer({ min: 0, max: 20 }),
  portfolio: integer({ min: 0, max: 20 }),
}).map(({ product, portfolio }) => {
  const [a, b] = [product / 20, portfolio / 20];
  const productGroups = [
    { id: "G", portfolioGroup: "P", classGroups: ["AAA", "BBB"], offset: a },
    { id: "H", portfolioGroup: "P", classGroups: ["IDX"], offset: 1 },
  ];
  const portfolioGroups = [{ id: "P", offset: b }];
  const standing = { source: "F1", standing: "unverified" } as const;
  const reference: ReferenceRules = { ...finra4210g, productGroups, portfolioGroups };
  const engine: RuleSetDocument = {
    ...ruleDocument(),
    productGroups: productGroups.map((group) => ({ ...group, ...standing })),
    portfolioGroups: portfolioGroups.map((group) => ({ ...group, ...standing })),
  };
  return { reference, engine };
});
