import type { Engine } from "../engine.js";
import type { EngineOptions } from "../engine-options.js";

/** Loads an engine, and first what it is made of: help, wrong use and books in Parquet do not wait for it. */
export async function loadEngine(options: EngineOptions = {}): Promise<Engine> {
  return (await import("../engine.js")).loadEngine(options);
}
