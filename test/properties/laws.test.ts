import { array, assert, infiniteStream, integer, nat, pre, property } from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult, MarginResult, PortfolioGroupResult } from "../../src/requirement/result.js";
import type { PositionRow, Snapshot } from "../reference/snapshot.js";
import { books, withMoves } from "./books.js";

const anyBook = books({ american: true, priced: true });
const modelBook = books({ american: true, priced: false });
const numRuns = 100;

describe("laws of the requirement", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await loadEngine();
  });

  function accountsOf(snapshot: Snapshot, rules?: object): readonly AccountResult[] {
    const { accounts } = engine.margin(snapshot, rules === undefined ? {} : { rules });
    expect(accounts.every((account) => account.status === "complete")).toBe(true);
    return accounts;
  }

  function groupsOf(snapshot: Snapshot): PortfolioGroupResult[] {
    return accountsOf(snapshot).flatMap((account) => account.portfolioGroups);
  }

  test("profit is 0 at the unchanged point, whose addition changes nothing", () => {
    const rules = withMoves((moves) => [...moves.slice(0, 5), 0, ...moves.slice(5)]);
    const law = property(anyBook, (book) => {
      const plain = accountsOf(book);
      const more = accountsOf(book, rules);
      const unchanged = more
        .flatMap((account) => account.portfolioGroups)
        .flatMap((p) => [
          p.profitUsd,
          ...p.productGroups.flatMap((g) => g.classGroups).map((c) => c.profitUsd),
        ])
        .map((profits) => profits[5]);
      expect(unchanged.every((profit) => profit === 0)).toBe(true);
      expect(more.map(figures)).toEqual(plain.map(figures));
    });
    assert(law, { numRuns });
  });

  test("the order of rows, and cutting them into lots, change no bit of the result", () => {
    const law = property(anyBook, infiniteStream(nat()), (book, numbers) => {
      const next = (): number => numbers.next().value as number;
      const shuffled = <Row>(rows: readonly Row[]): Row[] =>
        rows
          .map((row) => ({ row, key: next() }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ row }) => row);
      const lots = book.positions.flatMap((row): PositionRow[] => {
        const part = (next() % 81) - 40;
        const rest = row.quantity - part;
        return part === 0 || rest === 0
          ? [row]
          : [
              { ...row, quantity: part },
              { ...row, quantity: rest },
            ];
      });
      const other: Snapshot = {
        ...book,
        rates: shuffled(book.rates as { years: number; rate: number }[]),
        underlyings: shuffled(book.underlyings),
        options: shuffled(book.options!),
        dividends: shuffled(book.dividends!),
        positions: shuffled(lots),
      };
      expect(withoutInputHash(engine.margin(other))).toBe(withoutInputHash(engine.margin(book)));
    });
    assert(law, { numRuns });
  });

  test("the risk array of a contract does not depend on the others in the batch", () => {
    const law = property(anyBook, (book) => {
      const all = engine.prepare(book);
      for (const option of book.options!) {
        const alone = engine.prepare({ ...book, options: [option], positions: [] });
        const row = all.contracts.rowOf.get(option.symbol)!;
        expect([...alone.arrays.profit]).toEqual([...all.arrays.profit.subarray(row * 10, row * 10 + 10)]);
      }
    });
    assert(law, { numRuns: 40 });
  });

  test("scan loss and minimum scale with quantity", () => {
    const law = property(anyBook, integer({ min: 2, max: 9 }), (book, times) => {
      const scaled = (by: number): Snapshot => ({
        ...book,
        positions: book.positions.map((row) => ({ ...row, quantity: by * row.quantity })),
      });
      const once = groupsOf(book);
      // Doubling is exact in binary, so it is exact here.
      expect(groupsOf(scaled(2)).map((g) => [g.scanLossUsd, g.minimumUsd])).toEqual(
        once.map((g) => [2 * g.scanLossUsd, 2 * g.minimumUsd]),
      );
      groupsOf(scaled(times)).forEach((group, i) => {
        const size = 1e-12 * Math.max(...group.profitUsd.map(Math.abs)) * book.positions.length * 100;
        expect(Math.abs(group.scanLossUsd - times * once[i]!.scanLossUsd)).toBeLessThanOrEqual(size + 1e-9);
      });
      // The other side of every trade: gains are losses.
      const opposite = groupsOf(scaled(-1)).map((g) => g.profitUsd.map((profit) => 0 - profit));
      expect(opposite).toEqual(once.map((g) => g.profitUsd.map((profit) => 0 + profit)));
    });
    assert(law, { numRuns });
  });

  test("two accounts merged never cost more than both; nothing costs less than nothing", () => {
    const law = property(anyBook, (book) => {
      const apart = accountsOf(book).map((account) => account.requirementUsd!);
      expect(Math.min(...apart)).toBeGreaterThanOrEqual(0);
      const positions = book.positions.map((row) => ({ ...row, account: "both" }));
      const [merged] = accountsOf({ ...book, positions });
      const sum = apart.reduce((total, requirement) => total + requirement, 0);
      expect(merged!.requirementUsd!).toBeLessThanOrEqual(sum + 0.0151);
    });
    assert(law, { numRuns });
  });

  test("a group's requirement is the greater of its scan loss and minimum, at most the sum of its positions'", () => {
    const law = property(anyBook, (book) => {
      for (const group of groupsOf(book)) {
        expect(group.requirementUsd).toBe(Math.max(group.scanLossUsd, group.minimumUsd));
        const positions = group.productGroups.flatMap((g) => g.classGroups).flatMap((c) => c.positions);
        const parts = positions.map(({ profitUsd, minimumUsd }) =>
          Math.max(minimumUsd, -Math.min(...profitUsd)),
        );
        const sum = parts.reduce((total, part) => total + part, 0);
        expect(group.requirementUsd).toBeLessThanOrEqual(sum * (1 + 1e-12));
      }
    });
    assert(law, { numRuns });
  });

  test("long options never cost more than their value", () => {
    const law = property(modelBook, (book) => {
      const positions = book.positions
        .filter(({ symbol }) => symbol.length === 21)
        .map((row) => ({ ...row, quantity: Math.abs(row.quantity) }));
      pre(positions.length > 0);
      for (const account of accountsOf({ ...book, positions }))
        expect(account.requirementUsd!).toBeLessThanOrEqual(account.marketValueUsd! + 0.0101);
    });
    assert(law, { numRuns });
  });

  test("more scenarios never lower the requirement", () => {
    const moves = array(integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 6 });
    const law = property(anyBook, moves, (book, percents) => {
      const more = withMoves((given) => [...given, ...percents.map((percent) => percent / 100)]);
      const before = accountsOf(book);
      accountsOf(book, more).forEach((account, i) => {
        expect(account.requirementUsd!).toBeGreaterThanOrEqual(before[i]!.requirementUsd!);
      });
    });
    assert(law, { numRuns });
  });
});

/** Everything but the hash of the input's own bytes, which the order of rows does change. */
function withoutInputHash(result: MarginResult): string {
  const { inputHash: _, ...rest } = result;
  return JSON.stringify(rest);
}

/** What adding a scenario without effect must leave alone. */
function figures(account: AccountResult): unknown {
  return [
    account.requirementUsd,
    account.excessUsd,
    account.portfolioGroups.map((g) => [g.scanLossUsd, g.minimumUsd]),
  ];
}
