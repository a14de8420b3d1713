import { existsSync, readFileSync } from "node:fs";
import type { LatticeOption } from "./lattice.js";

/** A record of the shared numeric vectors, which lie beside the repository and are not part of it. */
export interface Vector {
  readonly id: string;
  readonly type: "call" | "put";
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly sigma: number;
  readonly american: boolean;
  readonly dividends?: readonly (readonly [number, number])[];
  readonly expected: number;
  readonly tolerance: number;
}

const folder = new URL("../../../shared/data/vectors/", import.meta.url);

export function hasVectors(name: string): boolean {
  return existsSync(new URL(`${name}.json`, folder));
}

export function readVectors(name: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Vector[];
}

export function optionOf(vector: Vector): LatticeOption {
  return {
    isCall: vector.type === "call",
    spot: vector.S,
    strike: vector.K,
    years: vector.T,
    rate: vector.r,
    dividendYield: vector.q,
    volatility: vector.sigma,
    american: vector.american,
    dividends: (vector.dividends ?? []).map(([years, amount]) => ({ years, amount })),
  };
}
