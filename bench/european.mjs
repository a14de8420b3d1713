// European grid: the kernel against npm peers, plain JavaScript, the reference engine and C++.
import erfc from "@stdlib/math-base-special-erfc";
import uqee from "@uqee/black-scholes";
import peer from "black-scholes";
import { europeanValue } from "../build/reference/black-scholes.js";
import { Kernel } from "../dist/valuation/kernel.js";
import { Valuation } from "../dist/valuation/valuation.js";
import { agree } from "./harness.mjs";
import { cellOption, cells, europeanBlocks, priceFactors, volCount } from "./inputs.mjs";
import { nativeAddon } from "./native.mjs";

const cdf = (x) => 0.5 * erfc(-x * Math.SQRT1_2);

function plainNaive({ options, volatilities }, out) {
  let at = 0;
  for (let i = 0; i < options.count; i++) {
    const [strike, years, rate, carry] = [
      options.strike[i],
      options.years[i],
      options.rate[i],
      options.dividendYield[i],
    ];
    const sign = options.isCall[i] === 1 ? 1 : -1;
    for (let j = 0; j < volCount; j++) {
      const vol = volatilities[j * options.count + i];
      for (let k = 0; k < priceFactors.length; k++) {
        const spot = options.spot[i] * priceFactors[k];
        const v = vol * Math.sqrt(years);
        const d1 = (Math.log(spot / strike) + (rate - carry + 0.5 * vol * vol) * years) / v;
        out[at++] =
          sign *
          (spot * Math.exp(-carry * years) * cdf(sign * d1) -
            strike * Math.exp(-rate * years) * cdf(sign * (d1 - v)));
      }
    }
  }
}

const logs = priceFactors.map(Math.log);

function plainHoisted({ options, volatilities }, out) {
  let at = 0;
  for (let i = 0; i < options.count; i++) {
    const years = options.years[i];
    const root = Math.sqrt(years);
    const x = options.strike[i] * Math.exp(-options.rate[i] * years);
    const f = options.spot[i] * Math.exp(-options.dividendYield[i] * years);
    const log = Math.log(f / x);
    const sign = options.isCall[i] === 1 ? 1 : -1;
    for (let j = 0; j < volCount; j++) {
      const v = volatilities[j * options.count + i] * root;
      const m = log - 0.5 * v * v;
      const inverse = 1 / v;
      for (let k = 0; k < priceFactors.length; k++) {
        const d2 = (m + logs[k]) * inverse;
        out[at++] = sign * (f * priceFactors[k] * cdf(sign * (d2 + v)) - x * cdf(sign * d2));
      }
    }
  }
}

/** Values of the first `count` options of a block by a function of one cell. */
function perCell(block, count, price, out) {
  let at = 0;
  for (let i = 0; i < count; i++) for (let c = 0; c < cells; c++) out[at++] = price(block, i, c);
}

/** The peers know no dividend yield: they are given the spot less its yield, prepared outside the timing. */
function peerArguments(block) {
  return Array.from({ length: block.options.count * cells }, (_, at) => {
    const option = cellOption(block, Math.floor(at / cells), at % cells);
    return {
      type: option.isCall ? "call" : "put",
      underlying: option.spot * Math.exp(-option.dividendYield * option.years),
      strike: option.strike,
      time: option.years,
      rate: option.rate,
      sigma: option.volatility,
    };
  });
}

/** Blocks of contracts laid out in the kernel's memory; returns a call that values the block `b`. */
export function kernelBlocks(kernel, blocks) {
  const { arena, exports, memory } = kernel;
  const laid = blocks.map(({ options, terms, volatilities }) => {
    const at = { n: options.count, terms: arena.take(terms.byteLength), flags: arena.take(options.count) };
    return { ...at, vols: arena.take(volatilities.byteLength) };
  });
  const factors = arena.take(priceFactors.byteLength);
  const scratch = arena.take(exports.europeanScratchBytes(volCount, priceFactors.length));
  const out = arena.take(blocks[0].options.count * cells * 8);
  kernel.reserve();
  blocks.forEach(({ options, terms, volatilities }, b) => {
    new Float64Array(memory.buffer, laid[b].terms, terms.length).set(terms);
    new Uint8Array(memory.buffer, laid[b].flags, options.count).set(options.isCall);
    new Float64Array(memory.buffer, laid[b].vols, volatilities.length).set(volatilities);
  });
  new Float64Array(memory.buffer, factors, priceFactors.length).set(priceFactors);
  const value = ({ n, terms, flags, vols }) =>
    exports.fillEuropeanValues(n, terms, flags, volCount, vols, priceFactors.length, factors, scratch, out);
  return {
    run: (b) => value(laid[b]),
    out: new Float64Array(memory.buffer, out, blocks[0].options.count * cells),
  };
}

export async function europeanCase() {
  const blocks = europeanBlocks();
  const size = blocks[0].options.count * cells;
  const wanted = new Float64Array(size);
  const reference = (block, i, c) => europeanValue(cellOption(block, i, c));
  perCell(blocks[0], 256, reference, wanted);
  const candidates = [];
  const errors = {};
  /** Checks the first block's values, then lets the candidate walk through the blocks. */
  const add = (name, fill, out, { tolerance = 1e-12, units = size, permute = (x) => x, note } = {}) => {
    fill(0);
    errors[name] = agree(name, permute(out).slice(0, units), wanted.slice(0, units), tolerance);
    let turn = 0;
    const run = () => fill((turn = (turn + 1) & 15));
    candidates.push({ name, units, run, ...(note ? { note } : {}) });
  };
  const kernel = kernelBlocks(await Kernel.load(), blocks);
  add("kernel", kernel.run, kernel.out);
  const valuation = await Valuation.load();
  const grids = blocks.map(({ options }) =>
    valuation.grid(valuation.place(options), { volCount, priceFactors }),
  );
  const inPlace = new Float64Array(size);
  const again = (b) => {
    const grid = grids[b];
    const { volatilities, options } = blocks[b];
    for (let j = 0; j < volCount; j++)
      for (let i = 0; i < options.count; i++) grid.setVolatility(i, j, volatilities[j * options.count + i]);
    valuation.run(grid.calls);
  };
  const readInPlace = () =>
    inPlace.map((_, at) => grids[0].values[grids[0].at(Math.floor(at / cells)) + (at % cells)]);
  add("placed options, asked again in place", again, inPlace, { permute: readInPlace });
  const holder = { out: wanted };
  const throughValuation = (b) => (holder.out = valuation.values(blocks[b].options, blocks[b].axes));
  add("Valuation.values", throughValuation, wanted, { permute: () => holder.out });
  const out = new Float64Array(size);
  add("plain JavaScript, hoisted", (b) => plainHoisted(blocks[b], out), out);
  add("plain JavaScript, naive", (b) => plainNaive(blocks[b], out), out);
  add("reference engine", (b) => perCell(blocks[b], 16, reference, out), out, { units: 16 * cells });
  const args = blocks.map(peerArguments);
  const double = new uqee.BlackScholes({ sigmaToPricePrecision: "double" });
  const uqeeFill = (b) => args[b].forEach((arg, i) => (out[i] = double.option(arg).price));
  add("@uqee/black-scholes 1.0.7 (double)", uqeeFill, out, { tolerance: 1e-6, note: "also computes Greeks" });
  const peerFill = (b) => {
    for (let i = 0; i < cells; i++) {
      const { underlying, strike, time, sigma, rate, type } = args[b][i];
      out[i] = peer.blackScholes(underlying, strike, time, sigma, rate, type);
    }
  };
  add("black-scholes 1.1.0", peerFill, out, { tolerance: 1e-3, units: cells });
  const { addon, missing } = nativeAddon("european", ["-O3", "-march=native"], ["-lmvec", "-lm"]);
  if (missing)
    return { title: "European grid", unit: "cell", candidates, errors, missing: [`C++: ${missing}`] };
  for (const [kind, name] of [
    ["hoisted", "C++ scalar -O3, hoisted"],
    ["naive", "C++ scalar -O3, naive"],
    ["avx2", "C++ AVX2 + FMA by hand"],
  ]) {
    const fill = (b) => {
      const { terms, options, volatilities } = blocks[b];
      addon[kind](terms, options.isCall, volatilities, priceFactors, out);
    };
    const permute = (x) =>
      x.map(
        (_, at) =>
          x[(Math.floor(at / (4 * cells)) * cells + (at % cells)) * 4 + (Math.floor(at / cells) % 4)],
      );
    add(name, fill, out, kind === "avx2" ? { permute } : {});
  }
  return { title: "European grid", unit: "cell", candidates, errors };
}
