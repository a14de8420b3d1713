/** The two sides of a variable that is no whole number: at most the whole number below it, at least the one above. */
export const sides = { down: 0, up: 1 } as const;
export type Side = 0 | 1;

/** What rounding a variable down or up has cost so far, per unit of the way: sums and counts, by variable. */
export interface PseudoCosts {
  readonly sum: readonly [down: Float64Array, up: Float64Array];
  readonly count: readonly [down: Int32Array, up: Int32Array];
}

export function pseudoCosts(variableCount: number): PseudoCosts {
  return {
    sum: [new Float64Array(variableCount), new Float64Array(variableCount)],
    count: [new Int32Array(variableCount), new Int32Array(variableCount)],
  };
}

/** Keeps what a side cost. */
export function learn({ sum, count }: PseudoCosts, variable: number, side: Side, perUnit: number): void {
  sum[side][variable] = sum[side][variable]! + perUnit;
  count[side][variable] = count[side][variable]! + 1;
}

/** Mean of all variables that have one; 1 where none has. */
export function meanCost({ sum, count }: PseudoCosts, side: Side): number {
  let total = 0;
  let seen = 0;
  for (let v = 0; v < sum[side].length; v++) {
    const n = count[side][v]!;
    if (n === 0) continue;
    total += sum[side][v]! / n;
    seen += 1;
  }
  return seen === 0 ? 1 : total / seen;
}
