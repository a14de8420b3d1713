import fc from "fast-check";
import { expect, test } from "vitest";
import { type AccountNet, type GroupTerms, type Lot, referenceNetting } from "../reference/netting.js";
import { loadTestKernel } from "./european-kernel.js";
import { type KernelNetting, netByKernel } from "./netting-kernel.js";

const kernel = loadTestKernel();

/** Numbers of few bits: every sum and product is exact, so that nothing depends on an order. */
const whole = fc.integer({ min: -40, max: 40 });
const quarters = fc.integer({ min: 0, max: 60 }).map((n) => n / 4);
const share = fc.constantFrom(0, 0.25, 0.5, 1);

const groups: fc.Arbitrary<GroupTerms> = fc
  .record({
    scenarios: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(1, 2, 3, 9, 10, 11, 16, 21, 34) },
      // So wide that the kernel sums three accounts at a time, not all nine.
      { weight: 1, arbitrary: fc.constant(600) },
    ),
    classes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
    isOneProduct: fc.boolean(),
    carriedGain: fc.constantFrom("reduced" as const, "remainder" as const),
    minimumPer: fc.constantFrom("portfolio_group" as const, "class_group" as const),
    isAlone: fc.boolean(),
  })
  .chain(({ scenarios, classes: given, isOneProduct, carriedGain, minimumPer, isAlone }) => {
    const classes = isAlone ? given.slice(0, 1) : given;
    const productOf = classes.map((_, k) => (isOneProduct ? 0 : Math.floor(k / 2)));
    const contract = (classGroup: number) =>
      fc.record({
        profit: fc.array(whole, { minLength: scenarios, maxLength: scenarios }),
        classGroup: fc.constant(classGroup),
        multiplier: fc.constantFrom(1, 50, 100),
        price: quarters,
        minimum: quarters,
        minimumOfShorts: fc.boolean(),
        minimumCapped: fc.boolean(),
        settledDaily: fc.boolean(),
      });
    const products = (productOf.at(-1) ?? 0) + 1;
    return fc.record({
      scenarios: fc.constant(scenarios),
      contracts: fc.tuple(...classes.flatMap((count, k) => Array.from({ length: count }, () => contract(k)))),
      productOf: fc.constant(productOf),
      productShare: isAlone
        ? fc.constant([1])
        : fc.array(share, { minLength: products, maxLength: products }),
      portfolioShare: isAlone ? fc.constant(1) : share,
      carriedGain: fc.constant(carriedGain),
      minimumPer: fc.constant(minimumPer),
    });
  });

interface Book {
  readonly terms: GroupTerms;
  readonly lots: readonly Lot[];
  readonly skip: ReadonlySet<number>;
  readonly hasMarks: boolean;
}

const accounts = 9;

/** Lots by account; some accounts hold dozens of lots of few contracts, so that they are sorted in the other way. */
const books: fc.Arbitrary<Book> = groups.chain((terms) => {
  const lot = fc.record({
    // The one past the last stands in no group.
    contract: fc.nat({ max: terms.contracts.length }),
    quantity: fc.integer({ min: -3, max: 3 }).filter((n) => n !== 0),
  });
  return fc
    .record({
      own: fc.array(
        fc.oneof(
          { weight: 3, arbitrary: fc.array(lot, { maxLength: 8 }) },
          { weight: 1, arbitrary: fc.array(lot, { minLength: 25, maxLength: 60 }) },
        ),
        { minLength: accounts, maxLength: accounts },
      ),
      marks: fc.array(fc.oneof(fc.constant(Number.NaN), quarters), {
        minLength: 13 * accounts,
        maxLength: 13 * accounts,
      }),
      skip: fc.array(fc.nat({ max: accounts - 1 }), { maxLength: 3 }),
      hasMarks: fc.boolean(),
    })
    .map(({ own, marks, skip, hasMarks }) => ({
      terms,
      // One mark for an account and contract; every other lot of it leaves it out.
      lots: own.flatMap((list, account) =>
        list.map(({ contract, quantity }, i) => ({
          account,
          contract,
          quantity,
          mark: hasMarks && i % 2 === 0 ? marks[account * 13 + contract]! : Number.NaN,
        })),
      ),
      skip: new Set(skip),
      hasMarks,
    }));
});

const bindings = ["none", "scan_loss", "minimum"];

function net({ terms, lots, skip, hasMarks }: Book, size = 2): KernelNetting {
  const found = netByKernel(kernel, terms, lots, { accounts, skip, size, hasMarks });
  expect(kernel.brokenGuards()).toBe(0);
  return found;
}

function told(rows: KernelNetting["rows"]): object[] {
  return rows.map((row) => ({ ...row, binding: bindings[row.binding] }));
}

const nothing = { held: [], marketValue: 0, requirement: 0, worst: 0, worstClass: 0, binding: "none" };

/** Of every account; a group of one class group that offsets nothing does not tell what is held. */
function wantedRows({ terms, lots, skip }: Book): object[] {
  const { productOf, productShare, portfolioShare, minimumPer } = terms;
  const isAlone =
    productOf.length === 1 && productShare[0] === 1 && portfolioShare === 1 && minimumPer !== "class_group";
  const wanted = new Map(referenceNetting(terms, lots, skip).map((row) => [row.account, row]));
  return Array.from({ length: accounts }, (_, account) => {
    const row = wanted.get(account);
    return row === undefined ? { account, ...nothing } : { account, ...wantedRow(row, isAlone) };
  });
}

function wantedRow(row: AccountNet, isAlone: boolean): object {
  const { worst, worstClass, binding, classes } = row;
  // The sign of a zero says nothing.
  const [marketValue, requirement] = [row.marketValue + 0, row.requirement + 0];
  const held = isAlone ? [] : classes.map(({ classGroup }) => classGroup);
  return { held, marketValue, requirement, worst, worstClass, binding };
}

test("accounts: requirement, market value, what binds and where, against the plain reference, exactly", () => {
  const seen = { bindings: new Set<string>(), longest: 0, cancelled: 0 };
  fc.assert(
    fc.property(books, (book) => {
      const wanted = referenceNetting(book.terms, book.lots, book.skip);
      expect(told(net(book).rows)).toEqual(wantedRows(book));
      for (const { binding } of wanted) seen.bindings.add(binding);
      for (let a = 0; a < accounts; a++) {
        const own = book.lots.filter(({ account }) => account === a);
        seen.longest = Math.max(seen.longest, own.length);
        if (own.length > 0 && !book.skip.has(a) && wanted.every(({ account }) => account !== a))
          seen.cancelled++;
      }
    }),
    { numRuns: 400 },
  );
  expect(seen.bindings.size).toBe(3);
  expect(seen.longest).toBeGreaterThan(40);
  expect(seen.cancelled).toBeGreaterThan(0);
});

test("sums of a piece: profits, accounts, and costs that add up to the requirements", () => {
  fc.assert(
    fc.property(books, fc.constantFrom(1, 2, 4, 32), (book, size) => {
      const wanted = referenceNetting(book.terms, book.lots, book.skip);
      const { sums } = net(book, size);
      expect(sums.length).toBe(Math.ceil(accounts / size));
      sums.forEach((classes, piece) => {
        const own = wanted.filter(({ account }) => Math.floor(account / size) === piece);
        classes.forEach((row, classGroup) => {
          const held = own.flatMap(({ classes: all }) =>
            all.filter((each) => each.classGroup === classGroup),
          );
          const profit = Array.from({ length: book.terms.scenarios }, (_, s) =>
            held.reduce((sum, each) => sum + each.profit[s]!, 0),
          );
          expect(row.slice(0, -2).map((x) => x + 0)).toEqual(profit.map((x) => x + 0));
          expect(row.at(-1)).toBe(held.length);
        });
        const cost = classes.reduce((sum, row) => sum + row.at(-2), 0);
        const requirement = own.reduce((sum, row) => sum + row.requirement, 0);
        expect(cost).toBeCloseTo(requirement, 6);
      });
    }),
    { numRuns: 400 },
  );
});

test("the order of an account's lots changes no byte", () => {
  fc.assert(
    fc.property(books, fc.integer(), (book, seed) => {
      const shuffled = book.lots
        .map((lot, i) => ({ lot, key: Math.imul(i + 1, seed | 1) }))
        .sort((a, b) => a.lot.account - b.lot.account || a.key - b.key)
        .map(({ lot }) => lot);
      const { rows, sums } = net(book);
      expect(net({ ...book, lots: shuffled })).toMatchObject({ rows, sums });
    }),
  );
});

test("a NaN among a contract's terms is a NaN for who holds it, and touches nobody else", () => {
  let touched = 0;
  fc.assert(
    fc.property(
      books,
      fc.nat(),
      fc.nat(),
      fc.constantFrom("profit" as const, "price" as const, "minimum" as const),
      (book, at, scenario, term) => {
        const contract = at % book.terms.contracts.length;
        const spoilt = {
          ...book,
          terms: {
            ...book.terms,
            contracts: book.terms.contracts.map((each, k) => {
              if (k !== contract) return each;
              if (term !== "profit") return { ...each, [term]: Number.NaN, minimumOfShorts: false };
              const profit = [...each.profit];
              profit[scenario % profit.length] = Number.NaN;
              return { ...each, profit };
            }),
          },
        };
        const cleanTerms = { ...spoilt.terms, contracts: clean(spoilt.terms.contracts) };
        const before = net({ ...book, terms: cleanTerms });
        const after = net(spoilt);
        const holders = new Set(
          referenceNetting(cleanTerms, book.lots, book.skip)
            .filter(({ held }) => held.includes(contract))
            .map(({ account }) => account),
        );
        after.rows.forEach((row, i) => {
          if (!holders.has(row.account)) {
            expect(row).toEqual(before.rows[i]);
            return;
          }
          touched++;
          if (term === "profit") expect(row.requirement).toBeNaN();
          if (term === "minimum") expect(row.requirement).toBeNaN();
          if (term === "price" && !book.hasMarks && book.terms.contracts[contract]?.settledDaily !== true)
            expect(row.marketValue).toBeNaN();
        });
      },
    ),
  );
  expect(touched).toBeGreaterThan(200);
});

function clean(contracts: GroupTerms["contracts"]): GroupTerms["contracts"] {
  const number = (x: number): number => (Number.isNaN(x) ? 1 : x);
  return contracts.map((each) => ({
    ...each,
    profit: each.profit.map(number),
    price: number(each.price),
    minimum: number(each.minimum),
  }));
}
