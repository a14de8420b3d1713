import { type MarketTables, printedSymbol, readCsv } from "./tables.js";

/**
 * One day of the Cboe SPX chain (SPX and SPXW, all expiries) as tables: bid and ask of every row, from which the
 * engine takes the mid.
 *
 * Columns read: `underlying_last`, `optionroot` (`SPXW190426C00800000`), `quotedate` (MM/DD/YYYY), `bid`, `ask`.
 * The file says nothing of dividends: see {@link withImpliedYield}.
 *
 * @param rates zero rates of the day
 */
export function readSpxChain(file: Uint8Array, rates: MarketTables["rates"]): MarketTables {
  const rows = readCsv(file);
  const first = rows[0];
  if (first === undefined) throw new Error("an SPX chain without rows");
  const options = rows.map((row) => {
    const parts = /^([A-Z]+)(\d\d)(\d\d)(\d\d)([CP])(\d{8})$/.exec(row["optionroot"] ?? "");
    if (parts === null) throw new Error(`an option symbol was expected, found ${row["optionroot"]}`);
    const [, root = "", year, month, day, type, thousandths] = parts;
    const terms = {
      date: `20${year}-${month}-${day}`,
      isCall: type === "C",
      strike: Number(thousandths) / 1000,
    };
    return { symbol: printedSymbol(root, terms), bid: Number(row["bid"]), ask: Number(row["ask"]) };
  });
  const [month, day, year] = (first["quotedate"] ?? "").split("/");
  const tables = {
    asOf: `${year}-${month}-${day}T16:00:00[America/New_York]`,
    rates,
    underlyings: [{ symbol: "SPX", price: Number(first["underlying_last"]) }],
    options,
    dividends: [],
  };
  return withImpliedYield(tables, { root: "SPX", days: 90 });
}

/**
 * Sets the dividend yield that put-call parity gives at the strike nearest the index, in the expiry nearest `days`
 * away: F = K + (C - P) e^(rT), q = r - ln(F/S)/T.
 */
export function withImpliedYield(tables: MarketTables, at: { root: string; days: number }): MarketTables {
  const [underlying] = tables.underlyings;
  if (underlying === undefined) return tables;
  const { price: spot } = underlying;
  const today = Date.parse(tables.asOf.slice(0, 10)) / 86_400_000;
  const mids = new Map(
    tables.options.map((o) => [o.symbol, ((o.bid ?? Number.NaN) + (o.ask ?? Number.NaN)) / 2]),
  );
  const pairs = tables.options
    .filter(({ symbol }) => symbol.startsWith(at.root.padEnd(6)) && symbol[12] === "C")
    .map(({ symbol }) => {
      const expiry = `20${symbol.slice(6, 8)}-${symbol.slice(8, 10)}-${symbol.slice(10, 12)}`;
      const years = (Date.parse(expiry) / 86_400_000 - today) / 365;
      const strike = Number(symbol.slice(13)) / 1000;
      const put = mids.get(`${symbol.slice(0, 12)}P${symbol.slice(13)}`) ?? Number.NaN;
      return { years, strike, difference: (mids.get(symbol) ?? Number.NaN) - put };
    })
    .filter(({ difference, years }) => Number.isFinite(difference) && years > 0);
  const away = (pair: { years: number; strike: number }): number =>
    Math.abs(pair.years * 365 - at.days) * 1e6 + Math.abs(pair.strike - spot);
  const best = pairs.toSorted((a, b) => away(a) - away(b))[0];
  if (best === undefined) return tables;
  const rate = nearestRate(tables.rates, best.years);
  const forward = best.strike + best.difference * Math.exp(rate * best.years);
  const dividendYield = rate - Math.log(forward / spot) / best.years;
  return { ...tables, underlyings: [{ ...underlying, dividend_yield: dividendYield }] };
}

function nearestRate(rates: MarketTables["rates"], years: number): number {
  return rates.toSorted((a, b) => Math.abs(a.years - years) - Math.abs(b.years - years))[0]?.rate ?? 0;
}
