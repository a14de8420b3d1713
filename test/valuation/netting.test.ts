import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import type { AccountColumns } from "../../src/valuation/account-columns.js";
import { lotsByAccount, piecesOf } from "../../src/books/lots.js";
import { type NettingBook, type NettingGroup, nettingKind } from "../../src/valuation/netting.js";
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
    rows: Int32Array.from(contracts.keys()),
    productOf: Int32Array.from(terms.productOf),
    productShare: Float64Array.from(terms.productShare),
    portfolioShare: terms.portfolioShare,
    carriedGain: terms.carriedGain,
    minimumPer: terms.minimumPer,
    tellsHeld: terms.productOf.length > 1,
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
  /** By group; contracts within the group. */
  readonly lots: readonly (readonly Lot[])[];
  readonly accountCount: number;
}

function bookOf(seed: number, accountCount: number): Book {
  const groups = [
    termsOf(seed, 1, 10),
    termsOf(seed + 1, 3, 10),
    termsOf(seed + 2, 2, 9),
    termsOf(seed, 40, 10),
  ];
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

/** Contracts of all groups one after another, and one that stands in none. */
function nettingBook(groups: readonly GroupTerms[]): NettingBook {
  const rows = groups.flatMap(({ contracts }, g) => contracts.map((_, rank) => ({ g, rank })));
  return {
    groups: groups.map(asGroup),
    groupOf: Int32Array.from([...rows.map(({ g }) => g), -1]),
    rankOf: Int32Array.from([...rows.map(({ rank }) => rank), -1]),
    apart: new Uint8Array(rows.length + 1),
    units: new Float64Array(rows.length + 1).fill(100),
    quotedUnits: new Float64Array(rows.length + 1).fill(100),
  };
}

type Order = "by account" | "in four files" | "shuffled";

/** A book's lots as rows of contracts of the book, in some order; a lot in no group beside each. */
function lotsOf({ groups, lots }: Book, order: Order) {
  let first = 0;
  const all = lots.flatMap((own, g) => {
    const start = first;
    first += groups[g]?.contracts.length ?? 0;
    return own.map(({ account, contract, quantity }) => ({ account, contract: start + contract, quantity }));
  });
  const stray = all.map(({ account, quantity }) => ({ account, contract: first, quantity }));
  const keyed = [...all, ...stray].map((lot, i) => ({ lot, key: Math.imul(i + 1, 2_654_435_761) >>> 0 }));
  if (order === "shuffled") return keyed.sort((a, b) => a.key - b.key).map(({ lot }) => lot);
  const file = order === "in four files" ? ({ key }: { key: number }) => key % 4 : () => 0;
  return keyed.sort((a, b) => file(a) - file(b) || a.lot.account - b.lot.account).map(({ lot }) => lot);
}

interface Told {
  readonly requirement: number;
  readonly marketValue: number;
  readonly worst: {
    group: number;
    scenario: number;
    classGroup: number;
    binding: string;
    held: number[];
  } | null;
}

async function netted(
  book: Book,
  { skip, pool, order: rows = "by account" }: { skip: ReadonlySet<number>; pool: WorkerPool; order?: Order },
): Promise<{ accounts: Told[]; sums: number[][] }> {
  const all = lotsOf(book, rows);
  const lots = valuation.lots({ count: all.length, hasMarks: false });
  lots.account.set(all.map(({ account }) => account));
  lots.contract.set(all.map(({ contract }) => contract));
  lots.millionths.set(all.map(({ quantity }) => quantity * 1e6));
  const netting = valuation.netting(nettingBook(book.groups));
  const accounts = netting.accounts(book.accountCount);
  accounts.marks.set(Array.from({ length: book.accountCount }, (_, a) => (skip.has(a) ? 1 : 0)));
  const ordered = lotsByAccount(lots, book.accountCount, valuation);
  const pieces = piecesOf(ordered, book.accountCount, 64);
  const order = netting.order(ordered.lots, accounts, pieces);
  expect(await pool.run(order.calls)).toEqual([]);
  ordered.lots.release();
  const question = netting.ask(order.holdings, accounts);
  try {
    expect(await pool.run(question.calls)).toEqual([]);
    return {
      accounts: Array.from({ length: book.accountCount }, (_, a) => toldOf(accounts, a)),
      sums: pieces.map((_, piece) => [...question.classSums(piece)]),
    };
  } finally {
    question.release();
    order.holdings.release();
    accounts.release();
    netting.release();
  }
}

function toldOf(accounts: AccountColumns, a: number): Told {
  const group = accounts.worstGroup(a);
  const worst = {
    group,
    scenario: accounts.worstScenario(a),
    classGroup: accounts.worstClass(a),
    binding: accounts.binding(a),
    held: bookOf(0, 0).groups[group]?.productOf.length === 1 ? [] : accounts.held(a),
  };
  return {
    requirement: accounts.requirementUsd(a),
    marketValue: accounts.marketValueUsd(a),
    worst: group < 0 ? null : worst,
  };
}

/** Group by group as the plain reference nets them; the first of equally costly groups is the costliest. */
function wantedOf({ groups, lots, accountCount }: Book, skip: ReadonlySet<number>): Told[] {
  const told = Array.from({ length: accountCount }, (): Told => ({
    requirement: 0,
    marketValue: 0,
    worst: null,
  }));
  const most = told.map(() => -1);
  groups.forEach((terms, g) => {
    for (const row of referenceNetting(terms, lots[g]!, skip)) {
      const before = told[row.account]!;
      const isMost = row.requirement > most[row.account]!;
      if (isMost) most[row.account] = row.requirement;
      const { worst: scenario, worstClass: classGroup, binding, classes } = row;
      const held =
        classes.length === 0 || terms.productOf.length === 1 ? [] : classes.map((each) => each.classGroup);
      told[row.account] = {
        requirement: before.requirement + row.requirement,
        marketValue: before.marketValue + row.marketValue,
        worst: isMost ? { group: g, scenario, classGroup, binding, held } : before.worst,
      };
    }
  });
  return told;
}

describe("several groups in one question", () => {
  test("each account as the plain reference nets it group by group, in any order of lots", async () => {
    const order = fc.constantFrom<Order>("by account", "in four files", "shuffled");
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 1000 }),
        fc.array(fc.nat({ max: 199 })),
        order,
        async (seed, skipped, asked) => {
          const book = bookOf(seed, 200);
          const skip = new Set(skipped);
          const { accounts } = await netted(book, { skip, pool: pools[0]!, order: asked });
          expect(accounts).toEqual(wantedOf(book, skip));
        },
      ),
      { numRuns: 20 },
    );
  });

  test("so many that workers take them: the same numbers", async () => {
    const book = bookOf(7, 8000);
    const skip = new Set([3, 5]);
    const alone = await netted(book, { skip, pool: pools[0]! });
    expect(await netted(book, { skip, pool: pools[1]! })).toEqual(alone);
    expect(await netted(book, { skip, pool: pools[1]!, order: "shuffled" })).toEqual(alone);
    expect(alone.accounts.filter(({ worst }) => worst !== null).length).toBe(7998);
    expect(new Set(alone.accounts.map(({ worst }) => worst?.group)).size).toBeGreaterThan(2);
  });
});

test("who holds what cannot be used or is computed apart is marked, and has no holdings", async () => {
  const book = { ...bookOf(3, 4), groups: [termsOf(3, 1, 10)], lots: [[]] };
  const plain = nettingBook(book.groups);
  const netting = valuation.netting({ ...plain, apart: Uint8Array.of(0, 1, 0) });
  const lots = valuation.lots({ count: 6, hasMarks: false });
  lots.account.set([0, 0, 1, 1, 2, 3]);
  // Rows 0 and 1 stand in the group, of which 1 is apart; row 2 stands in none; below 0 nothing can be done.
  lots.contract.set([0, 1, 0, -1, 0, 2]);
  lots.millionths.fill(1e6);
  const accounts = netting.accounts(4);
  accounts.marks.set([0, 2, 0, 0]);
  const pieces = piecesOf(lotsByAccount(lots, 4, valuation), 4, 2);
  const { calls, holdings } = netting.order(lots, accounts, pieces);
  await pools[0]!.run(calls);
  expect([...accounts.marks]).toEqual([2, 3, 0, 0]);
  const question = netting.ask(holdings, accounts);
  await pools[0]!.run(question.calls);
  expect([0, 1, 2, 3].map((account) => accounts.worstGroup(account))).toEqual([-1, -1, 0, -1]);
  for (const held of [question, holdings, accounts, lots, netting]) held.release();
});

test("a group beyond the kernel's room is refused before anything is written", () => {
  const ask = (classes: number): void => {
    valuation.netting(nettingBook([termsOf(1, classes, 21)])).release();
  };
  ask(2000);
  expect(() => {
    ask(2500);
  }).toThrow(MarginError);
});
