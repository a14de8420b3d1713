import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import type { Steps } from "../../src/valuation/kernel-call.js";
import { type OptionColumns, optionColumns, selectOptions } from "../../src/valuation/option-columns.js";
import { Valuation } from "../../src/valuation/valuation.js";

let valuation: Valuation;
beforeAll(async () => {
  valuation = await Valuation.load();
});

/** Options with every method mixed: European, American, cash dividends of both kinds. */
function mixed(count: number): { options: OptionColumns; vols: Float64Array } {
  const options = optionColumns(count);
  for (let i = 0; i < count; i++) {
    options.isCall[i] = i % 2;
    options.isAmerican[i] = i % 3 === 0 ? 1 : 0;
    options.spot[i] = 100;
    options.strike[i] = 80 + (i % 41);
    options.years[i] = 0.1 + 0.05 * (i % 5);
    options.rate[i] = 0.03;
    options.dividendYield[i] = 0.01;
    if (i % 11 === 0) options.dividends[i] = { years: Float64Array.of(0.05), amounts: Float64Array.of(1) };
  }
  return { options, vols: Float64Array.from({ length: count }, (_, i) => 0.2 + 0.002 * (i % 50)) };
}

function european(count: number): { options: OptionColumns; vols: Float64Array } {
  const { options, vols } = mixed(count);
  options.isAmerican.fill(0);
  options.dividends.fill(null);
  return { options, vols };
}

const axes = (vols: Float64Array, ...priceFactors: number[]) => ({
  priceFactors: Float64Array.from(priceFactors),
  volatilities: vols,
  volCount: 1,
});

test("tells the kernel that it runs", () => {
  const bytes = readFileSync(new URL("../../build/kernel.wasm", import.meta.url));
  expect(valuation.kernelVersion).toBe(1);
  expect(valuation.kernelHash).toBe(createHash("sha256").update(bytes).digest("hex"));
});

describe("values", () => {
  test("every row its own value, whatever stands around it, across block borders", () => {
    const { options, vols } = mixed(600);
    const whole = valuation.values(options, axes(vols, 0.9, 1, 1.1));
    expect(whole.every((x) => Number.isFinite(x) && x >= 0)).toBe(true);
    for (const row of [0, 1, 2, 3, 11, 33, 255, 256, 257, 511, 599]) {
      const single = valuation.values(
        selectOptions(options, [row]),
        axes(vols.slice(row, row + 1), 0.9, 1, 1.1),
      );
      expect(Array.from(single), `row ${row}`).toEqual(Array.from(whole.subarray(row * 3, row * 3 + 3)));
    }
  });

  test("reversing the rows reverses the values, to the bit", () => {
    const { options, vols } = mixed(300);
    const order = Array.from({ length: 300 }, (_, i) => 299 - i);
    const found = valuation.values(selectOptions(options, order), axes(vols.toReversed(), 1));
    expect(found.toReversed()).toEqual(valuation.values(options, axes(vols, 1)));
  });

  test("volatility moves are columns", () => {
    const { options, vols } = european(300);
    const higher = vols.map((vol) => vol * 1.15);
    const both = {
      priceFactors: Float64Array.of(0.95, 1.05),
      volCount: 2,
      volatilities: Float64Array.of(...vols, ...higher),
    };
    const found = valuation.values(options, both);
    const low = valuation.values(options, axes(vols, 0.95, 1.05));
    const high = valuation.values(options, axes(higher, 0.95, 1.05));
    for (let i = 0; i < 300; i++) {
      expect(Array.from(found.subarray(i * 4, i * 4 + 4))).toEqual([
        ...low.subarray(i * 2, i * 2 + 2),
        ...high.subarray(i * 2, i * 2 + 2),
      ]);
    }
  });

  test("American and cash-dividend options are not valued as European ones without", () => {
    const options = optionColumns(3);
    options.spot.fill(80);
    options.strike.fill(100);
    options.years.fill(1);
    options.rate.fill(0.08);
    options.isAmerican[1] = 1;
    options.dividends[2] = { years: Float64Array.of(0.5), amounts: Float64Array.of(5) };
    const [plain, american, dividend] = valuation.values(options, axes(new Float64Array(3).fill(0.2), 1));
    expect(american).toBeGreaterThanOrEqual(20);
    expect(plain).toBeLessThan(20);
    // At most the dividend's present value more.
    expect(dividend! - plain!).toBeGreaterThan(3);
    expect(dividend! - plain!).toBeLessThan(5);
  });

  test("NaN in one row stays in it", () => {
    const { options, vols } = mixed(50);
    options.spot[7] = NaN;
    options.strike[12] = NaN;
    const found = valuation.values(options, axes(vols, 1));
    expect(Array.from(found).flatMap((x, i) => (Number.isNaN(x) ? [i] : []))).toEqual([7, 12]);
  });

  test("no options, no values", () => {
    expect(valuation.values(optionColumns(0), axes(new Float64Array(0), 1))).toHaveLength(0);
  });

  test("refuses columns that do not fit", () => {
    const { options, vols } = european(3);
    expect(() => valuation.values(options, axes(vols.slice(1), 1))).toThrow(MarginError);
    expect(() => valuation.values(options, axes(vols, ...new Float64Array(257).fill(1)))).toThrow(
      /at most 256/,
    );
    expect(() => valuation.impliedVolatilities(options, new Float64Array(2))).toThrow(MarginError);
    expect(() => valuation.greeks(options, new Float64Array(2))).toThrow(MarginError);
  });
});

test("implied volatilities give the price back, by the method that values the option", () => {
  const { options, vols } = mixed(120);
  const prices = valuation.values(options, axes(vols, 1));
  const { volatility, status } = valuation.impliedVolatilities(options, prices);
  const again = valuation.values(options, axes(volatility, 1));
  status.forEach((found, i) => {
    const missed =
      found === "ok" ? Math.abs(again[i]! - prices[i]!) : Number.isNaN(volatility[i]) ? 0 : Infinity;
    expect(missed, `row ${i}`).toBeLessThanOrEqual(1e-5);
  });
  expect(status.filter((found) => found === "ok").length).toBeGreaterThan(110);
  expect(valuation.impliedVolatilities(options, prices.fill(NaN)).status).toEqual(
    status.map(() => "bad_input"),
  );
});

test("Greeks: the value is that of the grid, delta its slope", () => {
  const { options, vols } = mixed(60);
  const greeks = valuation.greeks(options, vols);
  const values = valuation.values(options, axes(vols, 1 - 1e-4, 1, 1 + 1e-4));
  for (let i = 0; i < 60; i++) {
    const [low, mid, high] = values.subarray(i * 3, i * 3 + 3);
    expect(greeks.value[i], `row ${i}`).toBeCloseTo(mid!, 8);
    expect(greeks.delta[i], `row ${i}`).toBeCloseTo((high! - low!) / 0.02, 2);
  }
});

test("two valuations in one process do not disturb each other", async () => {
  const other = await Valuation.load();
  const [mine, theirs] = [mixed(100), european(100)];
  const expected = valuation.values(mine.options, axes(mine.vols, 1));
  other.values(theirs.options, axes(theirs.vols, 0.5));
  expect(valuation.values(mine.options, axes(mine.vols, 1))).toEqual(expected);
  expect(other.values(mine.options, axes(mine.vols, 1))).toEqual(expected);
  expect(other.kernel.memory.buffer).not.toBe(valuation.kernel.memory.buffer);
});

test("memory grows for the first question of a size, not for those after it", () => {
  const { options, vols } = mixed(1000);
  const ask = (): Float64Array =>
    valuation.values(options, axes(vols, ...Array.from({ length: 30 }, (_, i) => 0.5 + i / 30)));
  const first = ask();
  const before = valuation.kernel.memory.buffer.byteLength;
  for (let i = 0; i < 20; i++) expect(ask()).toEqual(first);
  expect(valuation.kernel.memory.buffer.byteLength).toBe(before);
});

describe("placed options", () => {
  test("are asked again in place: new volatilities, the same views, the values of `values`", () => {
    const { options, vols } = mixed(700);
    const rows = Int32Array.from({ length: 650 }, (_, i) => 699 - i);
    const placed = valuation.place(options, rows);
    const grid = valuation.grid(placed, { volCount: 2, priceFactors: Float64Array.of(0.9, 1, 1.1) });
    const volatilityOf = (row: number, scale: number): number => vols[row]! * scale;
    for (const scale of [1, 1.5, 0.7]) {
      rows.forEach((row, i) => {
        grid.setVolatility(i, 0, volatilityOf(row, scale));
        grid.setVolatility(i, 1, volatilityOf(row, 2 * scale));
      });
      valuation.run(grid.calls);
      const volatilities = Float64Array.from([
        ...vols.map((_, row) => volatilityOf(row, scale)),
        ...vols.map((_, row) => volatilityOf(row, 2 * scale)),
      ]);
      const wanted = valuation.values(options, {
        volCount: 2,
        priceFactors: Float64Array.of(0.9, 1, 1.1),
        volatilities,
      });
      rows.forEach((row, i) => {
        const found = grid.values.subarray(grid.at(i), grid.at(i) + 6);
        expect(Array.from(found), `row ${row}`).toEqual(Array.from(wanted.subarray(row * 6, row * 6 + 6)));
      });
    }
    placed.release();
  });

  test("of two that are alive at once neither disturbs the other", () => {
    const { options, vols } = mixed(90);
    const grids = [0.2, 0.4].map((vol) => {
      const placed = valuation.place(options);
      const grid = valuation.grid(placed, { volCount: 1, priceFactors: Float64Array.of(1) });
      vols.forEach((_, i) => grid.setVolatility(i, 0, vol));
      return { placed, grid };
    });
    for (const { grid } of grids) valuation.run(grid.calls);
    const [low, high] = grids.map(({ grid }) => Float64Array.from(vols, (_, i) => grid.values[grid.at(i)]!));
    expect(low).toEqual(
      valuation.values(
        options,
        axes(
          vols.map(() => 0.2),
          1,
        ),
      ),
    );
    expect(high).toEqual(
      valuation.values(
        options,
        axes(
          vols.map(() => 0.4),
          1,
        ),
      ),
    );
    for (const { placed } of grids) placed.release();
  });

  test("a computation that fails gives its memory back", () => {
    const { options, vols } = mixed(40);
    const released: boolean[] = [];
    const failing = function* (): Steps<never> {
      const placed = valuation.place(options);
      try {
        const [call] = valuation.grid(placed, { volCount: 1, priceFactors: Float64Array.of(1) }).calls;
        yield [{ ...call!, fill: "fillNothing" as "fillRiskArray" }];
        throw new Error("went on");
      } finally {
        placed.release();
        released.push(true);
      }
    };
    expect(() => valuation.finish(failing())).toThrow(/not a function/);
    expect(released).toEqual([true]);
    expect(valuation.values(options, axes(vols, 1)).every((x) => x >= 0)).toBe(true);
  });
});

test("distances of tens of thousands of deviations: Greeks are those of the certain path, not NaN", () => {
  for (const deviations of [38, 40, 1e3, 6e4, 1e6]) {
    const options = optionColumns(2);
    options.isCall[1] = 1;
    options.spot.fill(100);
    options.strike.fill(160);
    options.years.fill(1);
    const { delta, gamma, vega } = valuation.greeks(
      options,
      Float64Array.of(0.47 / deviations, 0.47 / deviations),
    );
    expect([...delta, ...gamma, ...vega].map((x) => Math.round(x * 1e9) + 0)).toEqual([-1e9, 0, 0, 0, 0, 0]);
  }
});

test("more than the kernel can address is refused, not a trap", async () => {
  const { kernel } = await Valuation.load();
  kernel.arena.take(2 ** 31);
  expect(() => kernel.reserve()).toThrow(/bytes of kernel memory, at most 2147483648/);
});
