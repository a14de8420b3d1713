/**
 * Values of American options with a continuous yield (dividends, borrow).
 *
 * Accuracy (test/assembly/american.test.ts; per 100 of strike): default 2e-4 on the cross-checked vectors, reference 1e-6.
 * Value >= European value and >= exercise value always; equal to the exercise value at and beyond the boundary.
 * The value of a contract depends on its own terms only; rows that share years, rate and yield (calls: exchanged) and
 * follow each other share the boundaries as well.
 */
import { log } from "./elementary";
import { SPOT, STRIKE, YEARS, RATE, YIELD, CALL_FLAG, maxPriceCount, term } from "./memory";
import { prepareModel, modelPut, MODEL_BYTES } from "./american-model";
import { openWorkspace, put, WORKSPACE_BYTES } from "./american-workspace";

/** Bytes of scratch of every American routine. */
export function americanScratchBytes(): i32 {
  return <i32>(MODEL_BYTES + 4 * WORKSPACE_BYTES + ((<usize>maxPriceCount()) << 3));
}

/** Starts the scratch of one call. */
export function openModel(scratchPtr: usize): void {
  put(scratchPtr, 8, <f64>(scratchPtr + MODEL_BYTES));
  openWorkspace(scratchPtr + MODEL_BYTES, 8, 16);
  openWorkspace(scratchPtr + MODEL_BYTES + WORKSPACE_BYTES, 32, 48);
}

/** Terms that a value exists for: finite, spot, strike, years and volatility not negative. */
export function validTerms(spot: f64, strike: f64, years: f64, rate: f64, yieldRate: f64, sigma: f64): bool {
  const all = spot + strike + years + abs(rate) + abs(yieldRate) + sigma;
  return all < Infinity && min(min(spot, strike), min(years, sigma)) >= 0.0;
}

/**
 * Fills n x volCount x priceCount values per share.
 *
 *     terms    5 columns of n f64      spot | strike | years | rate | yield
 *     flags    n u8                    bit 0: call
 *     vols     volCount columns of n   volatility per square-root year
 *     factors  priceCount f64          spot factors, >= 0
 *     scratch  americanScratchBytes()
 *     out      [n][volCount][priceCount] f64
 *
 * accuracy: 0 default, 1 reference. Invalid terms give NaN in their row and no other.
 */
export function fillAmericanValues(
  n: i32,
  termsPtr: usize,
  flagsPtr: usize,
  volCount: i32,
  volsPtr: usize,
  priceCount: i32,
  factorsPtr: usize,
  accuracy: i32,
  scratchPtr: usize,
  outPtr: usize,
): void {
  openModel(scratchPtr);
  const logs = scratchPtr + MODEL_BYTES + 4 * WORKSPACE_BYTES;
  for (let k = 0; k < priceCount; k++) {
    store<f64>(logs + ((<usize>k) << 3), log(load<f64>(factorsPtr + ((<usize>k) << 3))));
  }
  for (let i = 0; i < n; i++) {
    const isCall = (load<u8>(flagsPtr + <usize>i) & CALL_FLAG) != 0;
    const spot = term(termsPtr, n, SPOT, i);
    const strike = term(termsPtr, n, STRIKE, i);
    const years = term(termsPtr, n, YEARS, i);
    const rate = term(termsPtr, n, RATE, i);
    const yieldRate = term(termsPtr, n, YIELD, i);
    const logMoneyness = log(spot / strike);
    for (let j = 0; j < volCount; j++) {
      const sigma = load<f64>(volsPtr + ((<usize>(j * n + i)) << 3));
      const out = outPtr + ((<usize>((i * volCount + j) * priceCount)) << 3);
      const valid = validTerms(spot, strike, years, rate, yieldRate, sigma);
      if (valid)
        prepareModel(
          scratchPtr,
          accuracy,
          years,
          isCall ? yieldRate : rate,
          isCall ? rate : yieldRate,
          sigma,
        );
      for (let k = 0; k < priceCount; k++) {
        const at = (<usize>k) << 3;
        const s = spot * load<f64>(factorsPtr + at);
        const lnS = logMoneyness + load<f64>(logs + at);
        let value = NaN;
        if (valid && s >= 0.0 && s < Infinity) {
          // K P(s/K) for a put; a call is the put with spot and strike exchanged: s P(K/s)
          value = isCall ? modelPut(scratchPtr, strike, s, -lnS) : modelPut(scratchPtr, s, strike, lnS);
        }
        store<f64>(out + at, value);
      }
    }
  }
}
