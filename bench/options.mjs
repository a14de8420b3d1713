// American and cash-dividend grids, implied volatilities, Greeks, the example's margin run.
import { fileURLToPath } from "node:url";
import uqee from "@uqee/black-scholes";
import { europeanValue } from "../build/reference/black-scholes.js";
import { latticeValue } from "../build/reference/lattice.js";
import { loadEngine, readSnapshotFile } from "../dist/index.js";
import { Valuation } from "../dist/valuation/valuation.js";
import { agree } from "./harness.mjs";
import { americanChain, cellOption, cells, dividendChain, europeanBlocks, priceFactors } from "./inputs.mjs";
import { nativeAddon } from "./native.mjs";

/** Every 37th contract's cell against the reference lattice, which needs milliseconds for each. */
function againstLattice(name, chain, values, tolerance) {
  const found = [];
  const wanted = [];
  for (let i = 0; i < chain.options.count; i += 37) {
    found.push(values[i * cells + 15]);
    wanted.push(latticeValue(cellOption(chain, i, 15)));
  }
  return agree(name, found, wanted, tolerance);
}

function latticeCandidate(chain) {
  let i = 0;
  const run = () => latticeValue(cellOption(chain, (i = (i + 7) % chain.options.count), 15));
  return { name: "reference lattice, per cell", units: 1 / cells, run };
}

/** A grid asked again in place: volatilities written, values read where the kernel has them. `wanted` is checked first. */
function placedGrid(valuation, { options, axes }, wanted) {
  const { volCount, priceFactors: factors, volatilities } = axes;
  const grid = valuation.grid(valuation.place(options), { volCount, priceFactors: factors });
  const perOption = volCount * factors.length;
  const run = () => {
    for (let j = 0; j < volCount; j++)
      for (let i = 0; i < options.count; i++) grid.setVolatility(i, j, volatilities[j * options.count + i]);
    valuation.run(grid.calls);
    return grid.values[grid.at(0)];
  };
  run();
  const found = Array.from(
    wanted,
    (_, at) => grid.values[grid.at(Math.floor(at / perOption)) + (at % perOption)],
  );
  agree("grid in place", found, wanted, 0);
  return { name: "placed options, asked again in place", units: options.count, run };
}

export async function americanCase() {
  const chain = americanChain();
  const valuation = await Valuation.load();
  const { options, axes, terms, volatilities } = chain;
  const exact = valuation.values(options, axes, "reference");
  const errors = {
    "kernel, reference accuracy, against the lattice": againstLattice("american", chain, exact, 5e-3),
  };
  const values = () => valuation.values(options, axes);
  errors["kernel, default, against reference accuracy"] = agree("american default", values(), exact, 1e-3);
  const candidates = [
    placedGrid(valuation, chain, values()),
    { name: "Valuation.values", units: options.count, run: values },
    {
      name: "Valuation.values, reference accuracy",
      units: options.count,
      run: () => valuation.values(options, axes, "reference"),
    },
    latticeCandidate(chain),
  ];
  const { addon, missing } = nativeAddon("quantlib", ["-O2", "-w"], ["-lQuantLib"]);
  const title = "American grid (10 x 3) in a chain";
  if (missing) return { title, unit: "grid", candidates, errors, missing: [`QuantLib: ${missing}`] };
  const all = new Float64Array(options.count * cells);
  addon.americanCells(terms, volatilities, priceFactors, all);
  errors["QuantLib QdFp fast, against our reference accuracy"] = agree("QuantLib", all, exact, 2e-2);
  const one = (i) => ({
    terms: Float64Array.from({ length: 5 }, (_, c) => terms[c * options.count + i]),
    vols: Float64Array.from({ length: 3 }, (_, j) => volatilities[j * options.count + i]),
  });
  const single = Array.from({ length: options.count }, (_, i) => one(i));
  const out = new Float64Array(cells);
  let i = 0;
  const run = () => {
    i = (i + 37) % options.count;
    addon.americanCells(single[i].terms, single[i].vols, priceFactors, out);
  };
  candidates.push({ name: "QuantLib QdFp fast, per cell", units: 1, run, note: "with its object layer" });
  return { title, unit: "grid", candidates, errors };
}

export async function dividendCase() {
  const chain = dividendChain();
  const valuation = await Valuation.load();
  const { options, axes, terms, volatilities } = chain;
  const all = valuation.values(options, axes);
  const errors = { "kernel, against the lattice": againstLattice("dividends", chain, all, 5e-3) };
  const candidates = [
    placedGrid(valuation, chain, all),
    { name: "Valuation.values", units: options.count, run: () => valuation.values(options, axes) },
    latticeCandidate(chain),
  ];
  const { addon, missing } = nativeAddon("quantlib", ["-O2", "-w"], ["-lQuantLib"]);
  const title = "Cash-dividend grid (10 x 3)";
  if (missing) return { title, unit: "grid", candidates, errors, missing: [`QuantLib: ${missing}`] };
  const singles = Array.from({ length: options.count }, (_, i) => ({
    terms: Float64Array.from({ length: 5 }, (__, c) => terms[c * options.count + i]),
    isCall: Float64Array.of(options.isCall[i]),
    vols: Float64Array.from({ length: 3 }, (__, j) => volatilities[j * options.count + i]),
    days: (options.dividends[i]?.years ?? new Float64Array(0)).map((years) => Math.round(years * 365)),
    amounts: options.dividends[i]?.amounts ?? new Float64Array(0),
  }));
  const out = new Float64Array(cells);
  const ask = ({ terms: own, isCall, vols, days, amounts }) =>
    addon.dividendCells(own, isCall, vols, priceFactors, days, amounts, out);
  const name = "QuantLib finite differences 200 x 200, per cell";
  const found = [5, 22, 47, 60].flatMap((i) => {
    ask(singles[i]);
    return [...out];
  });
  const wanted = [5, 22, 47, 60].flatMap((i) => [...all.subarray(i * cells, (i + 1) * cells)]);
  errors[name] = agree(name, found, wanted, 0.1);
  let i = 0;
  const run = () => ask(singles[(i = (i + 7) % options.count)]);
  candidates.push({ name, units: 1, run, note: "with its object layer" });
  return { title, unit: "grid", candidates, errors };
}

/** Prices at one volatility, and the volatilities that must come back where vega is not negligible. */
function impliedInput(valuation, chain) {
  const { value: prices, vega } = valuation.greeks(chain.options, chain.volatility);
  const usable = [...vega.keys()].filter((i) => vega[i] > 1);
  return { prices, usable, wanted: usable.map((i) => chain.volatility[i]) };
}

export async function impliedEuropeanCase() {
  const chain = europeanBlocks()[0];
  const valuation = await Valuation.load();
  const { prices, usable, wanted } = impliedInput(valuation, chain);
  const independent = usable.map((i) =>
    europeanValue({
      ...cellOption(chain, i, 0),
      spot: chain.options.spot[i],
      volatility: chain.volatility[i],
    }),
  );
  agree(
    "European prices",
    usable.map((i) => prices[i]),
    independent,
    1e-11,
  );
  const run = () => valuation.impliedVolatilities(chain.options, prices);
  const errors = {};
  const check = (name, found, tolerance = 1e-11) =>
    (errors[name] = agree(
      name,
      usable.map((i) => found[i]),
      wanted,
      tolerance,
    ));
  const inPlace = placedImplied(valuation, chain, prices);
  inPlace.run();
  check(inPlace.name, inPlace.volatilities());
  check("Valuation.impliedVolatilities", run().volatility);
  const solver = new uqee.BlackScholes({ sigmaToPricePrecision: "double", priceToSigmaAccuracy: 1e-10 });
  const args = usable.map((i) => ({
    type: chain.options.isCall[i] === 1 ? "call" : "put",
    underlying: chain.options.spot[i] * Math.exp(-chain.options.dividendYield[i] * chain.options.years[i]),
    strike: chain.options.strike[i],
    time: chain.options.years[i],
    rate: chain.options.rate[i],
    price: prices[i],
  }));
  const bisect = () => args.map((arg) => solver.sigma(arg));
  const peer = "@uqee/black-scholes 1.0.7, bisection to 1e-10";
  errors[peer] = agree("@uqee implied", bisect(), wanted, 1e-4);
  const candidates = [
    inPlace,
    { name: "Valuation.impliedVolatilities", units: chain.options.count, run },
    { name: peer, units: args.length, run: bisect },
  ];
  const title = "Implied volatility, European";
  const { addon, missing } = nativeAddon("implied", ["-O3", "-march=native"]);
  if (missing) return { title, unit: "option", candidates, errors, missing: [`C++: ${missing}`] };
  const name = "C++ scalar -O3, Newton from the inflection point";
  const out = new Float64Array(chain.options.count);
  const native = () => addon.implied(chain.terms, chain.options.isCall, prices, out);
  native();
  check(name, out, 1e-9);
  candidates.push({ name, units: chain.options.count, run: native, note: "glibc's erfc" });
  return { title, unit: "option", candidates, errors };
}

/** Implied volatilities asked again in place. */
function placedImplied(valuation, { options }, prices) {
  const question = valuation.impliedQuestion(valuation.place(options));
  const run = () => {
    for (let i = 0; i < options.count; i++) question.setPrice(i, prices[i]);
    valuation.run(question.calls);
  };
  const volatilities = () => Float64Array.from(prices, (_, i) => question.volatility(i));
  return { name: "placed options, asked again in place", units: options.count, run, volatilities };
}

export async function impliedAmericanCase() {
  const chain = americanChain();
  const valuation = await Valuation.load();
  const { prices, usable, wanted } = impliedInput(valuation, chain);
  const run = () => valuation.impliedVolatilities(chain.options, prices);
  const found = run().volatility;
  const errors = {
    Plimsoll: agree(
      "American implied",
      usable.map((i) => found[i]),
      wanted,
      1e-6,
    ),
  };
  const candidates = [{ name: "Valuation.impliedVolatilities", units: chain.options.count, run }];
  return { title: "Implied volatility, American in a chain", unit: "option", candidates, errors };
}

export async function greeksCase() {
  const european = europeanBlocks()[0];
  const [american, dividends] = [americanChain(), dividendChain()];
  const valuation = await Valuation.load();
  const errors = {};
  const check = (name, chain, tolerance) => {
    const { delta, value } = valuation.greeks(chain.options, chain.volatility);
    const axes = {
      priceFactors: Float64Array.of(1 - 1e-4, 1, 1 + 1e-4),
      volCount: 1,
      volatilities: chain.volatility,
    };
    const around = valuation.values(chain.options, axes, chain === american ? "reference" : "default");
    const slopes = delta.map((_, i) => (around[3 * i + 2] - around[3 * i]) / (2e-4 * chain.options.spot[i]));
    agree(
      `${name} value`,
      value,
      value.map((_, i) => around[3 * i + 1]),
      1e-3,
    );
    errors[`${name} delta against differences`] = agree(`${name} delta`, delta, slopes, tolerance);
    return { name, units: chain.options.count, run: () => valuation.greeks(chain.options, chain.volatility) };
  };
  const candidates = [
    check("Valuation.greeks, European", european, 1e-5),
    check("Valuation.greeks, American in a chain", american, 1e-2),
    check("Valuation.greeks, cash dividends", dividends, 1e-2),
  ];
  return { title: "Value and seven Greeks", unit: "option", candidates, errors };
}

export async function marginCase() {
  const engine = await loadEngine();
  const snapshot = readSnapshotFile(
    fileURLToPath(new URL("../examples/ibm-2007/snapshot.json", import.meta.url)),
  );
  const total = (result) => result.accounts.reduce((sum, account) => sum + account.requirementUsd, 0);
  const first = total(engine.margin(snapshot));
  if (!(first > 0) || total(engine.margin(snapshot)) !== first) throw new Error("margin runs differ");
  const candidates = [{ name: "engine.margin", units: 1, run: () => engine.margin(snapshot) }];
  return { title: "Whole margin run, example ibm-2007 (9 accounts)", unit: "run", candidates, errors: {} };
}
