import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import { runCalls } from "../../src/valuation/kernel-call.js";
import { askNetting, type NettedGroup, type NettingGroup, nettingKind } from "../../src/valuation/netting.js";
import { Valuation } from "../../src/valuation/valuation.js";
import { WorkerPool } from "../../src/workers/worker-pool.js";
import { type GroupTerms, type Lot, referenceNetting } from "../reference/netting.js";

const builtWorker = new URL("../../dist/workers/worker.js", import.meta.url);
let valuation: Valuation;
const pools: WorkerPool[] = [];
beforeAll(async () => {
  valuation = await Valuation.load();
  pools.push(new WorkerPool(valuation.kernel, 1), new WorkerPool(valuation.kernel, 3, builtWorker));
});
afterAll(async () => {
  for (const pool of pools) await pool.close();
});

function asGroup(terms: GroupTerms): NettingGroup {
  const { contracts, scenarios } = terms;
  const { minimumOfShorts, minimumCapped, settledDaily } = nettingKind;
  return {
    contracts: {
      count: contracts.length,
      scenarioCount: scenarios,
      profit: Float64Array.from(contracts.flatMap(({ profit }) => [...profit])),
      classOf: Int32Array.from(contracts, ({ classGroup }) => classGroup),
      multiplier: Float64Array.from(contracts, ({ multiplier }) => multiplier),
      price: Float64Array.from(contracts, ({ price }) => price),
      minimum: Float64Array.from(contracts, ({ minimum }) => minimum),
      kind: Uint8Array.from(
        contracts,
        (each) =>
          (each.minimumOfShorts ? minimumOfShorts : 0) |
          (each.minimumCapped ? minimumCapped : 0) |
          (each.settledDaily ? settledDaily : 0),
      ),
    },
    productOf: Int32Array.from(terms.productOf),
    productShare: Float64Array.from(terms.productShare),
    portfolioShare: terms.portfolioShare,
    carriedGain: terms.carriedGain,
    minimumPer: terms.minimumPer,
  };
}

/** A group of so many class groups at so many scenarios, its numbers drawn without a pattern. */
function termsOf(seed: number, classes: number, scenarios: number): GroupTerms {
  const next = (k: number): number => ((Math.imul(k + seed, 2_654_435_761) >>> 0) % 97) - 48;
  return {
    scenarios,
    contracts: Array.from({ length: classes * 2 }, (_, k) => ({
      profit: Array.from({ length: scenarios }, (__, s) => next(31 * k + s)),
      classGroup: k >> 1,
      multiplier: 100,
      price: k + 1,
      minimum: 37.5,
      minimumOfShorts: k % 3 === 0,
      minimumCapped: k % 2 === 0,
      settledDaily: k % 5 === 4,
    })),
    productOf: Array.from({ length: classes }, (_, k) => k >> 1),
    productShare: Array.from({ length: (classes + 1) >> 1 }, (_, p) => (p % 2 === 0 ? 0.5 : 1)),
    portfolioShare: classes === 1 ? 1 : 0.25,
    carriedGain: seed % 2 === 0 ? "reduced" : "remainder",
    minimumPer: seed % 3 === 0 ? "class_group" : "portfolio_group",
  };
}

interface Book {
  readonly groups: readonly GroupTerms[];
  readonly lots: readonly (readonly Lot[])[];
  readonly accountCount: number;
}

function bookOf(seed: number, accountCount: number): Book {
  const groups = [termsOf(seed, 1, 10), termsOf(seed + 1, 3, 10), termsOf(seed + 2, 2, 9)];
  const lots = groups.map(({ contracts }, g) =>
    Array.from({ length: accountCount * 3 }, (_, i) => ({
      account: Math.floor(i / 3),
      contract: (i * 7 + g + seed) % contracts.length,
      quantity: ((i * 5 + seed) % 9) - 4 || 5,
      mark: Number.NaN,
    })),
  );
  return { groups, lots, accountCount };
}

/** Groups one after another in the columns, as books are laid out; results copied before the memory goes back. */
async function netted({ groups, lots, accountCount }: Book, skip: ReadonlySet<number>, pool: WorkerPool) {
  const all = lots.flat();
  const columns = valuation.holdings({ count: all.length, accountCount, hasMarks: false });
  try {
    columns.account.set(all.map(({ account }) => account));
    columns.rank.set(all.map(({ contract }) => contract));
    columns.millionths.set(all.map(({ quantity }) => quantity * 1e6));
    columns.skip.set(Array.from({ length: accountCount }, (_, a) => (skip.has(a) ? 1 : 0)));
    let first = 0;
    const asked = groups.map((terms, g) => {
      const count = lots[g]!.length;
      const accounts = new Set(lots[g]!.map(({ account }) => account)).size;
      const slice = { first, count, accounts };
      first += count;
      return { group: asGroup(terms), slice };
    });
    const question = askNetting(asked, { columns, accountsPerPiece: 64 });
    try {
      const notes = await pool.run(question.calls);
      expect(notes).toEqual([]);
      return question.results().map(copied);
    } finally {
      question.release();
    }
  } finally {
    columns.release();
  }
}

function copied(group: NettedGroup) {
  const rows = [...group.account.keys()];
  return {
    account: [...group.account],
    requirement: [...group.requirementUsd],
    marketValue: [...group.marketValueUsd],
    worst: rows.map((row) => group.worstScenario(row)),
    worstClass: rows.map((row) => group.worstClass(row)),
    binding: rows.map((row) => group.binding(row)),
    held: rows.map((row) => [...group.rank.subarray(group.start[row], group.start[row + 1])]),
    sums: [...group.classSums],
  };
}

describe("several groups in one question", () => {
  test("each is netted as the plain reference nets it, on the main thread and on workers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 1000 }), fc.array(fc.nat({ max: 199 })), async (seed, skipped) => {
        const book = bookOf(seed, 200);
        const skip = new Set(skipped);
        const found = await netted(book, skip, pools[0]!);
        found.forEach((group, g) => {
          const wanted = referenceNetting(book.groups[g]!, book.lots[g]!, skip);
          expect(group.account).toEqual(wanted.map(({ account }) => account));
          expect(group.requirement).toEqual(wanted.map(({ requirement }) => requirement + 0));
          expect(group.marketValue).toEqual(wanted.map(({ marketValue }) => marketValue + 0));
          expect(group.worst).toEqual(wanted.map(({ worst }) => worst));
          expect(group.worstClass).toEqual(wanted.map(({ worstClass }) => worstClass));
          expect(group.binding).toEqual(wanted.map(({ binding }) => binding));
          expect(group.held).toEqual(wanted.map(({ held }) => held));
        });
      }),
      { numRuns: 20 },
    );
  });

  test("so many that workers take them: the same numbers", async () => {
    const book = bookOf(7, 30_000);
    const alone = await netted(book, new Set([3, 5]), pools[0]!);
    expect(await netted(book, new Set([3, 5]), pools[1]!)).toEqual(alone);
    expect(alone[0]!.account.length).toBe(29_998);
  });
});

test("a group beyond the kernel's room is refused before anything is written", () => {
  const columns = valuation.holdings({ count: 0, accountCount: 1, hasMarks: false });
  const slice = { first: 0, count: 0, accounts: 0 };
  const ask = (classes: number): void => {
    const group = asGroup(termsOf(1, classes, 21));
    const question = askNetting([{ group, slice }], { columns, accountsPerPiece: 64 });
    runCalls(valuation.kernel.exports, question.calls);
    question.release();
  };
  ask(2000);
  expect(() => ask(2500)).toThrow(MarginError);
  columns.release();
});
