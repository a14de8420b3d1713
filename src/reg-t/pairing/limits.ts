/** Budget of a search, in steps and not in seconds: equal input gives equal bytes on any machine. */
export interface SearchLimits {
  /** Linear programs that the own search solves. */
  readonly nodes: number;
  /** Pivots that the own search makes, over all its programs. */
  readonly pivots: number;
  /** Programs that the integer solver solves where the own search ends without a proof. */
  readonly solverNodes: number;
}

/** Measured by `npm run bench -- --only reg-t`: up to a second at 50 legs; the integer solver then takes 1 to 5 s more. */
export const usualLimits: SearchLimits = { nodes: 3000, pivots: 25_000, solverNodes: 400 };
