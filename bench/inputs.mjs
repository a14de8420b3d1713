// The contracts that are timed, from a fixed sequence of numbers.

/** Lehmer's generator: the same contracts in every run. */
function sequence(state) {
  return (low, high) => {
    state = (state * 48271) % 2147483647;
    return low + (state / 2147483647) * (high - low);
  };
}

export const priceFactors = Float64Array.of(0.85, 0.88, 0.91, 0.94, 0.97, 1.03, 1.06, 1.09, 1.12, 1.15);
export const volCount = 3;
export const cells = volCount * priceFactors.length;

function columns(count, option) {
  const names = ["spot", "strike", "years", "rate", "dividendYield"];
  const rows = Array.from({ length: count }, (_, i) => option(i));
  const base = Object.fromEntries(names.map((name) => [name, Float64Array.from(rows, (row) => row[name])]));
  const options = {
    ...base,
    count,
    isCall: Uint8Array.from(rows, (row) => (row.isCall ? 1 : 0)),
    isAmerican: Uint8Array.from(rows, (row) => (row.american ? 1 : 0)),
    dividends: rows.map((row) => row.dividends ?? null),
  };
  const volatility = Float64Array.from(rows, (row) => row.volatility);
  const volatilities = Float64Array.from(
    [0.85, 1, 1.15].flatMap((move) => Array.from(volatility, (vol) => vol * move)),
  );
  const terms = Float64Array.from(names.flatMap((name) => [...base[name]]));
  const axes = { priceFactors, volCount, volatilities };
  return { options, axes, terms, volatility, volatilities };
}

/** 16 blocks of 256 European options: spot 50-150, strike 0.6-1.5 of it, 7 days to 2 years, vol 10-60 %. */
export function europeanBlocks() {
  const next = sequence(20070223);
  return Array.from({ length: 16 }, () =>
    columns(256, (i) => {
      const spot = next(50, 150);
      const strike = spot * next(0.6, 1.5);
      const [years, rate, dividendYield] = [next(0.02, 2), next(0, 0.06), next(0, 0.04)];
      return { isCall: i % 2 === 0, spot, strike, years, rate, dividendYield, volatility: next(0.1, 0.6) };
    }),
  );
}

const days = [30, 58, 93, 121, 184, 275, 366, 730];

/** A chain of American puts: 8 expiries of 32 strikes, a volatility of its own for each. */
export function americanChain() {
  return columns(256, (i) => {
    const strike = 70 + 2 * (i % 32);
    const years = days[i >> 5] / 365;
    const volatility = 0.25 + 0.15 * Math.abs(Math.log(strike / 100));
    return { american: true, spot: 100, strike, years, rate: 0.05, dividendYield: 0.02, volatility };
  });
}

/** On whole days, so that libraries that know dates only can be asked the same. */
const exDays = [36, 128, 219, 310, 401, 493, 584, 675];

/** The same chain, calls and puts, without yield and with 0.75 a quarter in cash. */
export function dividendChain() {
  return columns(64, (i) => {
    const strike = 70 + 4 * (i % 16);
    const years = days[2 * (i >> 4) + 1] / 365;
    const times = exDays.map((day) => day / 365).filter((time) => time <= years);
    const dividends = { years: Float64Array.from(times), amounts: new Float64Array(times.length).fill(0.75) };
    const volatility = 0.25 + 0.15 * Math.abs(Math.log(strike / 100));
    const isCall = i % 2 === 0;
    return {
      american: true,
      isCall,
      spot: 100,
      strike,
      years,
      rate: 0.05,
      dividendYield: 0,
      volatility,
      dividends,
    };
  });
}

/** Cell c of option i as the reference engine takes it. */
export function cellOption({ options, volatilities }, i, c) {
  const dividends = options.dividends[i];
  return {
    isCall: options.isCall[i] === 1,
    american: options.isAmerican[i] === 1,
    spot: options.spot[i] * priceFactors[c % priceFactors.length],
    strike: options.strike[i],
    years: options.years[i],
    rate: options.rate[i],
    dividendYield: options.dividendYield[i],
    volatility: volatilities[Math.floor(c / priceFactors.length) * options.count + i],
    dividends:
      dividends === null
        ? []
        : Array.from(dividends.years, (years, d) => ({ years, amount: dividends.amounts[d] })),
  };
}
