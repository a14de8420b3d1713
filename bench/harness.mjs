// The timing harness: `benchmark` runs each slice, candidates take turns, so that the machine's load moves all of them
// alike. What is reported are quantiles of the slices, not means: a slice that was interrupted counts once.
import Benchmark from "benchmark";

/**
 * @typedef {object} Candidate
 * @property {string} name
 * @property {() => unknown} run one call
 * @property {number} units what one call computes (cells, contracts, ...)
 * @property {string} [note]
 */

const calls = { warmUp: 30 };

/** @param {number[]} sorted @param {number} q */
function quantile(sorted, q) {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** Median, quartile and spread of seconds per unit; the interval is a bootstrap 95 % interval of the median. */
export function summarise(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const deviations = sorted.map((x) => Math.abs(x - median)).sort((a, b) => a - b);
  return {
    samples: sorted.length,
    median,
    q10: quantile(sorted, 0.1),
    q25: quantile(sorted, 0.25),
    mad: quantile(deviations, 0.5),
    interval: bootstrap(sorted),
  };
}

/** Draws from a fixed sequence (Lehmer's generator), so that one file of samples gives one interval. */
function bootstrap(sorted) {
  let state = 20070223;
  const draw = () => (state = (state * 48271) % 2147483647) % sorted.length;
  const medians = Array.from({ length: 400 }, () =>
    quantile(
      Array.from({ length: sorted.length }, () => sorted[draw()]).sort((a, b) => a - b),
      0.5,
    ),
  ).sort((a, b) => a - b);
  return [quantile(medians, 0.025), quantile(medians, 0.975)];
}

/**
 * Seconds of one run of `count` calls, timed by `benchmark`. minSamples and initCount are fixed, so that it takes one
 * sample and looks for no count of its own. An error in the call ends the run: `benchmark` alone would swallow it.
 */
function slice(run, count) {
  const bench = new Benchmark({ fn: run, initCount: count, minSamples: 1, maxTime: 0, minTime: 1e-9 });
  bench.run({ async: false });
  if (bench.error) throw bench.error;
  if (!(bench.stats.sample.length > 0)) throw new Error("a case without samples");
  return bench.stats.mean;
}

/**
 * Times candidates in rounds: every round gives each of them one slice of about `sliceMs`, in turning order.
 *
 * @param {Candidate[]} candidates
 * @param {{ rounds: number, sliceMs: number }} options
 */
export function interleave(candidates, { rounds, sliceMs }) {
  const counts = candidates.map(({ run }) => {
    // At least 30 calls, so that the optimising compiler has done its work; slow baselines at most half a second.
    const begin = performance.now();
    for (let i = 0; i < calls.warmUp; i++) {
      run();
      if (i >= 2 && performance.now() - begin > 500) break;
    }
    const start = performance.now();
    run();
    return Math.max(1, Math.round(sliceMs / Math.max(performance.now() - start, 1e-4)));
  });
  const samples = candidates.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const c = (round + turn) % candidates.length;
      const spent = samples[c].reduce((sum, s) => sum + s * candidates[c].units * counts[c], 0);
      // A slow baseline gets fewer slices, never less than five.
      if (spent > 3 && samples[c].length >= 5) continue;
      samples[c].push(slice(candidates[c].run, counts[c]) / candidates[c].units);
    }
  }
  return candidates.map((candidate, c) => ({
    name: candidate.name,
    ...(candidate.note === undefined ? {} : { note: candidate.note }),
    ...summarise(samples[c]),
  }));
}

/** Ends the run unless the greatest difference is within `tolerance`; returns it. NaN fails. */
export function agree(name, found, wanted, tolerance) {
  let worst = 0;
  if (found.length !== wanted.length)
    throw new Error(`${name}: ${found.length} values, not ${wanted.length}`);
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(found[i] - wanted[i]);
    if (!(difference <= tolerance)) throw new Error(`${name}: value ${i} is ${found[i]}, not ${wanted[i]}`);
    if (difference > worst) worst = difference;
  }
  return worst;
}
