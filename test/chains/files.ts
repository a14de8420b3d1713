import { existsSync, readFileSync } from "node:fs";

const folder = new URL("../../../shared/data/market/", import.meta.url);

/** Whether all these files of the shared market data are there; they lie beside the repository, not in it. */
export function hasMarketFiles(...names: string[]): boolean {
  return names.every((name) => existsSync(new URL(name, folder)));
}

export function marketFile(name: string): Uint8Array {
  return readFileSync(new URL(name, folder));
}
