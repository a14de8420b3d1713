/**
 * Entry of the test build only (never shipped): the elementary functions, scalar as they are, and each two-lane twin run on
 * one pair of numbers in memory.
 *
 *     inPtr   f64 | f64     the two lanes
 *     outPtr  f64 | f64
 */
import { expPair, logPair } from "./elementary";
import { gaussianPair } from "./gaussian";
import { normalCdfPair } from "./normal";

export { exp, expm1, log, log1p } from "./elementary";
export { gaussian } from "./gaussian";
export { erfcx, gaussianRelative, normalCdf, normalCdfRelative, normalDensity, tailRatio } from "./normal";
export { heapBase } from "./memory";

export function runExpPair(inPtr: usize, outPtr: usize): void {
  v128.store(outPtr, expPair(v128.load(inPtr)));
}

export function runLogPair(inPtr: usize, outPtr: usize): void {
  v128.store(outPtr, logPair(v128.load(inPtr)));
}

export function runGaussianPair(inPtr: usize, outPtr: usize): void {
  v128.store(outPtr, gaussianPair(v128.load(inPtr)));
}

export function runNormalCdfPair(inPtr: usize, outPtr: usize): void {
  v128.store(outPtr, normalCdfPair(v128.load(inPtr)));
}
