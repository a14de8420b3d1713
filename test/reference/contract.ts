import { europeanValue, impliedVolatility } from "./black-scholes.js";
import {
  asOfInstant,
  newYorkInstant,
  optionSymbolTerms,
  type SymbolTerms,
  yearsBetween,
} from "./calendar.js";
import { type Dividend, latticeValue } from "./lattice.js";
import type { ReferenceRules } from "./rules.js";
import type { OptionRow, Snapshot, UnderlyingRow } from "./snapshot.js";

/** One contract (or share), ready to be valued at any price of its underlying and any volatility. */
export interface Contract {
  readonly symbol: string;
  readonly isOption: boolean;
  readonly classGroup: string;
  readonly type: string;
  /** Signed multiple of the class group's move. */
  readonly leverage: number;
  readonly spot: number;
  readonly multiplier: number;
  /** USD per unit in the market; undefined where nothing quotes it. */
  readonly quoted: number | undefined;
  /** NaN for shares. */
  readonly volatility: number;
  /** To expiry; NaN for shares. */
  readonly years: number;
  /** USD per unit. */
  readonly value: (spot: number, volatility: number) => number;
}

export function makeContract(text: string, snapshot: Snapshot, rules: ReferenceRules): Contract {
  const terms = optionSymbolTerms(text);
  const row = optionRow(terms, snapshot);
  const root = terms === null ? undefined : rules.optionRoots[terms.root];
  const name = terms === null ? text : (row?.underlying ?? root?.underlying ?? terms.root);
  const underlying = snapshot.underlyings.find(({ symbol }) => symbol === name);
  if (underlying === undefined) throw new Error(`no underlying ${name} for ${text}`);
  const product = rules.products[name];
  const classGroup = underlying.class_group ?? product?.classGroup ?? name;
  const common = {
    classGroup,
    type: typeOfClassGroup(classGroup, underlying, { snapshot, rules }),
    leverage: underlying.leverage ?? product?.leverage ?? 1,
    spot: underlying.price,
  };
  if (terms === null)
    return {
      ...common,
      symbol: text,
      isOption: false,
      multiplier: 1,
      quoted: underlying.price,
      volatility: Number.NaN,
      years: Number.NaN,
      value: (spot) => spot,
    };
  const kind = underlying.kind ?? product?.kind ?? "stock";
  const american =
    row?.exercise === undefined ? (root?.american ?? kind !== "index") : row.exercise === "american";
  const atOpening = root?.settlesAtOpening ?? false;
  const years = yearsOf(terms, snapshot, atOpening);
  const value = optionValue(terms, { snapshot, underlying, american, years });
  const quoted = row?.price ?? midOf(row);
  return {
    ...common,
    symbol: terms.symbol,
    isOption: true,
    multiplier: row?.multiplier ?? 100,
    quoted,
    volatility: row?.volatility ?? impliedVolatility(quoted ?? Number.NaN, (v) => value(underlying.price, v)),
    years,
    value,
  };
}

/** A class group has one range: that of the symbol it is named after, else the one its member states. */
function typeOfClassGroup(
  classGroup: string,
  member: UnderlyingRow,
  { snapshot, rules }: { snapshot: Snapshot; rules: ReferenceRules },
): string {
  const namesake = snapshot.underlyings.find(({ symbol }) => symbol === classGroup);
  const types = [
    namesake?.portfolio_type,
    rules.products[classGroup]?.type,
    member.portfolio_type,
    rules.products[member.symbol]?.type,
  ];
  return types.find((type) => type !== undefined) ?? "equity";
}

/** The row of an option, printed with or without the blanks in its symbol. */
function optionRow(terms: SymbolTerms | null, { options = [] }: Snapshot): OptionRow | undefined {
  if (terms === null) return undefined;
  const compact = terms.symbol.replaceAll(" ", "");
  return options.find(({ symbol }) => symbol === terms.symbol || symbol === compact);
}

function midOf(row: OptionRow | undefined): number | undefined {
  return row?.bid === undefined || row.ask === undefined ? undefined : (row.bid + row.ask) / 2;
}

interface Terms {
  readonly snapshot: Snapshot;
  readonly underlying: UnderlyingRow;
  readonly american: boolean;
  readonly years: number;
}

function yearsOf({ dayMs }: SymbolTerms, { asOf }: Snapshot, atOpening: boolean): number {
  return yearsBetween(asOfInstant(asOf), newYorkInstant(dayMs, atOpening ? 9.5 : 16));
}

/** The closed form where it holds; the lattice for early exercise and for cash dividends. */
function optionValue(symbol: SymbolTerms, terms: Terms): Contract["value"] {
  const { snapshot, underlying, american, years } = terms;
  const dividends = dividendsOf(underlying.symbol, snapshot, asOfInstant(snapshot.asOf)).filter(
    (d) => d.years <= years,
  );
  const option = {
    isCall: symbol.isCall,
    strike: symbol.strike,
    years,
    rate: rateAt(years, snapshot.rates),
    dividendYield: (underlying.dividend_yield ?? 0) + (underlying.borrow_rate ?? 0),
  };
  if (!american && dividends.length === 0)
    return (spot, volatility) => europeanValue({ ...option, spot, volatility });
  // A share worth nothing stays worth nothing: the strike is owed at once, or at expiry.
  const worthless = symbol.isCall ? 0 : symbol.strike * (american ? 1 : Math.exp(-option.rate * years));
  return (spot, volatility) =>
    spot === 0 ? worthless : latticeValue({ ...option, spot, volatility, american, dividends });
}

/** Dividends still to come; a share goes ex at 09:30 New York. */
function dividendsOf(symbol: string, snapshot: Snapshot, asOfMs: number): Dividend[] {
  return (snapshot.dividends ?? [])
    .filter((row) => row.symbol === symbol)
    .map((row) => ({
      years: yearsBetween(asOfMs, newYorkInstant(Date.parse(row.ex_date), 9.5)),
      amount: row.amount,
    }))
    .filter((dividend) => dividend.years > 0)
    .toSorted((a, b) => a.years - b.years);
}

/** Linear in the years between the points, flat outside; one number is that rate everywhere. */
export function rateAt(years: number, rates: Snapshot["rates"]): number {
  if (rates === undefined) return 0;
  if (typeof rates === "number") return rates;
  const points = rates.toSorted((a, b) => a.years - b.years);
  const after = points.find((point) => point.years >= years);
  const before = points.findLast((point) => point.years < years);
  if (after === undefined || before === undefined) return (after ?? before)?.rate ?? 0;
  return before.rate + ((after.rate - before.rate) * (years - before.years)) / (after.years - before.years);
}
