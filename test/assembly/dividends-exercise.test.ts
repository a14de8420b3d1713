import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AmericanKernel } from "./american-kernel.js";
import { loadKernel, values, type DividendRow } from "./dividends-kernel.js";
import { latticeSpread } from "./dividends-reference.js";

const block = loadKernel();
const one = (row: DividendRow, vol: number): number => values(block, [row], [[vol]])[0]!;
const put: DividendRow = {
  isCall: false,
  isAmerican: true,
  spot: 100,
  strike: 220,
  years: 0.84,
  rate: 0.05,
  yield: 0.12,
  dividends: [[0.013, 1]],
};

/** Discounted value of exercise at `years`, just after the ex-dates until then (put) or just before the last (call), however the spot moves. */
function laterExercise(row: DividendRow, years: number): number {
  const paid = row.dividends.filter(([time]) => (row.isCall ? time < years : time <= years));
  const share = paid.reduce(
    (left, [time, cash]) => left - cash * Math.exp(-row.rate * time - row.yield * (years - time)),
    row.spot * Math.exp(-row.yield * years),
  );
  const strike = row.strike * Math.exp(-row.rate * years);
  return row.isCall ? share - strike : strike - share;
}

/** Greatest of exercise now and at any ex-date. */
const bestCertainExercise = (row: DividendRow): number =>
  Math.max(...[0, ...row.dividends.map(([time]) => time)].map((time) => laterExercise(row, time)));

describe("exercise boundaries far from the strike", () => {
  test("put, yield above the rate: exercise just after an ex-date a few days away", () => {
    // the spots stand between 0.6 and 1.2 times the share; exercise pays strike - spot + dividend, discounted
    for (const spot of [60, 70, 80, 85]) {
      const row = { ...put, spot };
      expect(one(row, 0.2)).toBeGreaterThan(laterExercise(row, 0.013) - 1e-6);
      expect(Math.abs(one(row, 0.2) - latticeSpread(row, 0.2, 1600).value)).toBeLessThan(2e-3);
    }
  });
  test("put at little volatility: worth 389.13 by hand, not its exercise value 386.53", () => {
    const spot = 320.97;
    const dividends: [number, number][] = [
      [0.01296, 0.01 * spot],
      [0.26502, 0.02 * spot],
      [1.26502, 0.02 * spot],
    ];
    const row = { ...put, spot, strike: 707.5, years: 1.837, rate: 0.12, yield: 0.12, dividends };
    const byHand = (707.5 + 3.2097) * Math.exp(-0.12 * 0.01296) - spot * Math.exp(-0.12 * 0.01296);
    expect(byHand).toBeCloseTo(389.134, 2);
    expect(Math.abs(one(row, 0.05) - byHand)).toBeLessThan(1e-3);
  });
  // [what, terms, volatility]: boundaries below and above the strike, both signs of rate and yield, one or many dividends
  const cases: [string, Partial<DividendRow>, number][] = [
    ["yield above the rate", {}, 0.2],
    ["... and 15 % lower", { spot: 85 }, 0.2],
    ["two regions: a yield below 0", { yield: -0.03, rate: 0.07, spot: 85, strike: 100, years: 1.9 }, 0.23],
    [
      "... with a dividend worth waiting for at low spots only",
      { yield: -0.05, rate: 0.03, spot: 60, strike: 100, years: 1, dividends: [[0.5, 2]] },
      0.15,
    ],
    ["both below 0", { yield: -0.06, rate: -0.02, spot: 60, strike: 100, dividends: [[0.2, 0.5]] }, 0.15],
    [
      "call, rate far above the yield",
      { isCall: true, rate: 0.1, yield: 0.03, spot: 330, strike: 100, dividends: [[0.3, 2]] },
      0.1,
    ],
    [
      "call, a negative rate below the yield",
      { isCall: true, rate: -0.02, yield: 0.02, spot: 150, strike: 100, dividends: [[0.02, 1]] },
      0.1,
    ],
    [
      "call, r < q < 0",
      { isCall: true, rate: -0.06, yield: -0.02, spot: 260, strike: 100, dividends: [[0.4, 1]] },
      0.1,
    ],
    [
      "call, q < 0 < r: exercised before the ex-date below a spot",
      { isCall: true, rate: 0.02, yield: -0.03, spot: 180, strike: 100, dividends: [[0.5, 3]] },
      0.1,
    ],
  ];
  test.each(cases)("%s", (_name, change, vol) => {
    const row = { ...put, ...change };
    const { value, spread } = latticeSpread(row, vol, 1600);
    expect(Math.abs(one(row, vol) - value)).toBeLessThan(2e-3 + 2 * spread);
    expect(one(row, vol)).toBeGreaterThan(bestCertainExercise(row) - 1e-5);
  });
  test("an ex-date within hours: the call is held over it or exercised just before it", () => {
    for (const time of [1e-5, 1e-4, 1e-3, 4e-3]) {
      for (const yieldRate of [0, 0.14]) {
        const row: DividendRow = {
          ...put,
          isCall: true,
          spot: 178.9,
          strike: 100,
          years: 0.4,
          rate: 0.001,
          yield: yieldRate,
          dividends: [[time, 0.85]],
        };
        const { value, spread } = latticeSpread(row, 1.2, 1600);
        expect(Math.abs(one(row, 1.2) - value)).toBeLessThan(3e-3 + 2 * spread);
      }
    }
  });
});

const wide = fc
  .record({
    isCall: fc.boolean(),
    logMoneyness: fc.double({ min: Math.log(0.4), max: Math.log(2.5), noNaN: true }),
    logYears: fc.double({ min: Math.log(0.01), max: Math.log(3), noNaN: true }),
    logVol: fc.double({ min: Math.log(0.03), max: Math.log(1.5), noNaN: true }),
    rate: fc.double({ min: -0.02, max: 0.12, noNaN: true }),
    yield: fc.double({ min: -0.05, max: 0.15, noNaN: true }),
    share: fc.double({ min: 0, max: 0.04, noNaN: true }),
    schedule: fc.array(fc.double({ min: 1e-4, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ logMoneyness, logYears, logVol, share, schedule, ...terms }) => {
    const spot = 100 / Math.exp(logMoneyness);
    const years = Math.exp(logYears);
    const times = schedule.map((part) => part * years).toSorted((a, b) => a - b);
    const dividends = times.map((time): [number, number] => [time, share * spot]);
    const row: DividendRow = { ...terms, isAmerican: true, spot, strike: 100, years, dividends };
    return { row, vol: Math.exp(logVol) };
  });

describe("over wide terms: yield -5 to 15 %, rate -2 to 12 %, strike 0.4 to 2.5 spots, volatility 3 to 150 %", () => {
  test("the lattice's value", () => {
    fc.assert(
      fc.property(wide, ({ row, vol }) => {
        const { value, spread } = latticeSpread(row, vol, 800);
        const unit = Math.max(row.spot, row.strike) / 100;
        expect(Math.abs(one(row, vol) - value)).toBeLessThan(5e-3 * unit + 2 * spread);
      }),
      { numRuns: 300 },
    );
  });
  test("not below exercise now or at an ex-date, not below the European value", () => {
    fc.assert(
      fc.property(wide, ({ row, vol }) => {
        const value = one(row, vol);
        const slack = (1e-3 * Math.max(row.spot, row.strike)) / 100;
        const sign = row.isCall ? 1 : -1;
        expect(value).toBeGreaterThanOrEqual(sign * (row.spot - row.strike));
        expect(value).toBeGreaterThanOrEqual(one({ ...row, isAmerican: false }, vol) - slack);
        // a dividend that the spot cannot pay in full is worth less to a put
        const paid = row.dividends.reduce((sum, [, cash]) => sum + cash, 0);
        const isPaidInFull = row.isCall || Math.log(row.spot / paid) > 4 * vol * Math.sqrt(row.years);
        if (isPaidInFull) expect(value).toBeGreaterThanOrEqual(bestCertainExercise(row) - slack);
      }),
      { numRuns: 1000 },
    );
  });
  test("dividends of nothing: the American value with a continuous yield", () => {
    const american = new AmericanKernel();
    fc.assert(
      fc.property(wide, ({ row, vol }) => {
        const dividends = row.dividends.map(([time]): [number, number] => [time, 1e-12]);
        const value = one({ ...row, dividends }, vol);
        const expected = american.values([{ ...row, dividendYield: row.yield, volatility: vol }], 1)[0]!;
        expect(Math.abs(value - expected)).toBeLessThan((5e-3 * Math.max(row.spot, row.strike)) / 100);
      }),
      { numRuns: 300 },
    );
  });
});
