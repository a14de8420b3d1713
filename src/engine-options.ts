export interface EngineOptions {
  /** Worker threads of `Engine.marginOnThreads` and `Engine.book`, at most 64; 1, the default, starts none. */
  readonly threads?: number;
}

/** @throws RangeError where the number of threads is none. */
export function checkedThreads({ threads = 1 }: EngineOptions): number {
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new RangeError(`threads: ${threads}, expected a whole number from 1 to 64`);
  return threads;
}
