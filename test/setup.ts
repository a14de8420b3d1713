import fc from "fast-check";

/** One fixed seed: the same cases in every run; `FC_SEED=n npm test` walks elsewhere. */
fc.configureGlobal({
  seed: Number(process.env["FC_SEED"] ?? 20070223),
  numRuns: Number(process.env["FC_RUNS"] ?? 200),
});
