/** Budget of a search, in steps and not in seconds: equal input gives equal bytes on any machine. */
export interface SearchLimits {
  /** Linear programs that the own search solves. */
  readonly nodes: number;
  /** Pivots that the own search makes, over all its programs. */
  readonly pivots: number;
  /** Programs that the integer solver solves where the own search ends without a proof. */
  readonly solverNodes: number;
}

/**
 * Measured by `npm run bench -- --only reg-t`: 300 programs take some 5 ms at 20 legs and 150 ms at 50; 400 programs of the
 * integer solver 50 to 800 ms at 50 legs.
 */
export const usualLimits: SearchLimits = { nodes: 300, pivots: 6000, solverNodes: 400 };
