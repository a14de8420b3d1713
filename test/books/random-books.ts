import {
  array,
  constant,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  shuffledSubarray,
  type Arbitrary,
} from "fast-check";
import { ruleDocument } from "../properties/books.js";
import type { TableFiles } from "../../src/tables/read-tables.js";
import type { BookFolder, Cell, FileTable } from "./book-files.js";

const text = "varchar";
const number = "double";

export interface RandomBook {
  /** Positions by file. */
  readonly positions: readonly FileTable[];
  readonly underlyings: FileTable;
  readonly options: FileTable;
  readonly dividends: FileTable | null;
  readonly rates: number | null;
  readonly accounts: FileTable | null;
  readonly theoretical: FileTable | null;
  readonly rules: unknown;
  readonly dividendModel: "spot" | "escrowed";
}

const expiries = ["261218", "270115", "270319"];
const cents = (least: number, most: number): Arbitrary<number> =>
  integer({ min: least * 100, max: most * 100 }).map((n) => n / 100);

/** Symbol, kind, price from, price to, and what is special about it. */
const roots = [
  { symbol: "SPX", kind: "index", least: 4000, most: 6000, step: 100 },
  { symbol: "SPY", kind: "etf", least: 400, most: 600, step: 10 },
  { symbol: "NDX", kind: "index", least: 15000, most: 20000, step: 500 },
  { symbol: "RUT", kind: "index", least: 1800, most: 2400, step: 50 },
  { symbol: "AAA", kind: "stock", least: 20, most: 120, step: 5 },
  { symbol: "BBB", kind: "stock", least: 20, most: 120, step: 5 },
  { symbol: "NEL", kind: "stock", least: 2, most: 20, step: 1 },
] as const;

const columnsOfUnderlyings = {
  symbol: text,
  price: number,
  kind: text,
  dividend_yield: number,
  margin_eligible: "boolean",
  converts_to: text,
  conversion_ratio: number,
};

const underlyingRows: Arbitrary<Cell[][]> = record({
  prices: array(integer({ min: 0, max: 1000 }), { minLength: roots.length, maxLength: roots.length }),
  future: cents(4000, 6000),
  convertible: cents(100, 900),
  isEligible: constantFrom(true, false, null),
}).map(({ prices, future, convertible, isEligible }) => [
  ...roots.map(({ symbol, kind, least, most }, k) => [
    symbol,
    Math.round(100 * (least + ((most - least) * prices[k]!) / 1000)) / 100,
    kind,
    symbol === "BBB" ? null : 0.013,
    symbol === "NEL" ? isEligible : null,
    null,
    null,
  ]),
  ["ESZ26", future, null, null, null, null, null],
  ["CVT", convertible, "stock", null, null, "AAA", 5],
]);

const optionRow: Arbitrary<{ symbol: string; row: Cell[] }> = record({
  root: constantFrom(...roots),
  expiry: constantFrom(...expiries),
  type: constantFrom("C", "P"),
  steps: integer({ min: -4, max: 4 }),
  volatility: integer({ min: 10, max: 90 }),
  price: option(cents(0, 30), { freq: 3 }),
  kind: constantFrom("plain", "plain", "plain", "adjusted", "unlisted"),
}).map(({ root, expiry, type, steps, volatility, price, kind }) => {
  const middle = Math.round((root.least + root.most) / 2 / root.step) * root.step;
  const strike = String(Math.max(root.step, middle + steps * root.step) * 1000).padStart(8, "0");
  const isStock = root.kind === "stock" && root.symbol !== "NEL";
  const name = kind === "adjusted" && isStock ? `${root.symbol}1` : root.symbol;
  const symbol = `${name.padEnd(6)}${expiry}${type}${strike}`;
  const deliverable = name === root.symbol ? null : `${root.symbol}:150`;
  return {
    symbol,
    row: [
      symbol,
      name === root.symbol ? null : root.symbol,
      deliverable,
      volatility / 100,
      price,
      kind === "unlisted" && isStock ? false : null,
    ],
  };
});

/** How a symbol may be written: padded, compact, with blanks around it. */
const spelling: Arbitrary<(symbol: string) => string> = constantFrom(
  (symbol: string) => symbol,
  (symbol: string) => symbol,
  (symbol: string) => symbol.replaceAll(" ", ""),
  (symbol: string) => ` ${symbol}  `,
);

/** Names that UTF-8, UTF-16 and dictionaries order differently; blanks around one. */
const accountNames = ["one", "Two", "a 3", "Zoë", "漢字", "\u{1F600}", "\uFF21", "' quote", " one ", "B-4"];
const plainNames = ["one", "Two", "a 3", "B-4", "C5", "D6"];

interface Quantities {
  readonly type: string;
  readonly of: Arbitrary<number>;
}

const whole = integer({ min: 1, max: 40 }).chain((n) => constantFrom(n, -n));
const quantities: Record<string, Quantities> = {
  double: { type: "double", of: whole },
  integer: { type: "integer", of: whole },
  smallint: { type: "smallint", of: whole },
  bigint: { type: "bigint", of: whole },
  float: { type: "float", of: whole },
  decimal: { type: "decimal(18,6)", of: whole },
};

/** Rows with something wrong: each is a failure of its own. */
const spoil: Arbitrary<(row: Cell[]) => Cell[]> = constantFrom(
  ([a, s, , p]: Cell[]) => [a!, s!, null, p!],
  ([a, s, , p]: Cell[]) => [a!, s!, Number.NaN, p!],
  ([a, s, , p]: Cell[]) => [a!, s!, 0, p!],
  ([a, s, , p]: Cell[]) => [a!, s!, 1.5, p!],
  ([a, s, , p]: Cell[]) => [a!, s!, 1.0000005, p!],
  ([a, s, , p]: Cell[]) => [a!, s!, 1e12, p!],
  ([a, s, , p]: Cell[]) => [a!, s!, Infinity, p!],
  ([a, , q, p]: Cell[]) => [a!, "NOSUCH", q!, p!],
  ([a, , q, p]: Cell[]) => [a!, "ZZZ   261218C00010000", q!, p!],
  ([a, , q, p]: Cell[]) => [a!, null, q!, p!],
  ([, s, q, p]: Cell[]) => [null, s!, q!, p!],
  ([, s, q, p]: Cell[]) => ["  ", s!, q!, p!],
  ([a, , q, p]: Cell[]) => [a!, "", q!, p!],
  ([a, s, q]: Cell[]) => [a!, s!, q!, -1],
  ([a, s, q]: Cell[]) => [a!, s!, q!, Number.NaN],
);

export interface BookShape {
  /** Only accounts, symbols and rows that the quick way takes. */
  readonly isPlain: boolean;
  readonly marks: "none" | "some" | "clashing";
  readonly isSpoilt: boolean;
  readonly hasSpecials: boolean;
}

function positionFiles(symbols: readonly string[], shape: BookShape): Arbitrary<FileTable[]> {
  const names = shape.isPlain ? plainNames : accountNames;
  const held = shape.hasSpecials ? symbols : symbols.filter((symbol) => !/^(NEL|CVT)/.test(symbol));
  const kinds = shape.isSpoilt ? [quantities["double"]!] : Object.values(quantities);
  return constantFrom(...kinds).chain(({ type, of }) => {
    const price =
      shape.marks === "none"
        ? constant(null)
        : option(shape.marks === "some" ? constant(7) : constantFrom(7, 7.25, 8), { freq: 1 });
    const isExact = type === "double" || type.startsWith("decimal");
    const row = record({
      account: constantFrom(...names),
      symbol: constantFrom(...held),
      spelt: shape.isPlain ? constant((symbol: string) => symbol) : spelling,
      quantity: isExact ? oneof({ weight: 9, arbitrary: of }, cents(1, 3)) : of,
      price,
      spoilt: option(spoil, { freq: shape.isSpoilt ? 4 : 1e9 }),
      isSpoilt: constant(shape.isSpoilt),
    }).map(({ account, symbol, spelt, quantity, price: own, spoilt, isSpoilt }) => {
      const isShare = symbol.length < 15 && symbol !== "ESZ26";
      const cells: Cell[] = [account, spelt(symbol), isShare ? quantity : Math.ceil(quantity), own];
      return isSpoilt && spoilt !== null ? spoilt(cells) : cells;
    });
    const columns = { account: text, symbol: text, quantity: type, price: number };
    return array(array(row, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 3 }).map((files) =>
      files.map((rows) => ({ columns, rows })),
    );
  });
}

/** Absent, of all accounts and more, without some, with odd rows. */
function accountRows(isPlain: boolean): Arbitrary<FileTable | null> {
  const columns = { account: text, cash: number, equity_other: number, type: text };
  const amount = option(cents(-90000, 90000), { freq: 5 });
  const rowsOf = (names: readonly string[]): Arbitrary<Cell[][]> =>
    array(record({ cash: amount, other: amount }), { minLength: names.length, maxLength: names.length }).map(
      (money) => names.map((name, k) => [name, money[k]!.cash, money[k]!.other, null]),
    );
  const all = rowsOf([...plainNames, "holds nothing"]);
  const odd = constantFrom<Cell[][]>(
    [["one", 1, 2, "reg_t"]],
    [["one", 1, 2, "nonsense"]],
    [
      ["Two", 1, 2, null],
      ["Two", 1, 2, null],
    ],
    [["C5", Number.NaN, 2, null]],
    [["C5", 1, Infinity, null]],
    [[null, 1, 2, null]],
    [[" D6 ", 1, 2, null]],
  );
  const plain = all.map((rows): FileTable => ({ columns, rows }));
  if (isPlain) return plain;
  const mixed = rowsOf(accountNames.filter((name) => name !== " one "));
  return oneof(
    constant(null),
    plain,
    mixed.map((rows): FileTable => ({ columns, rows })),
    shuffledSubarray(plainNames)
      .chain(rowsOf)
      .map((rows): FileTable => ({ columns, rows })),
    all.chain((rows) =>
      odd.map((more): FileTable => {
        const without = rows.filter(([name]) => more.every(([other]) => other !== name));
        return { columns, rows: [...without, ...more] };
      }),
    ),
  );
}

const standing = { source: "F1", standing: "unverified" } as const;

function changedRules(readings: object, hasOffsets: boolean): unknown {
  const document = ruleDocument();
  const groups = hasOffsets
    ? {
        productGroups: [
          { id: "G", portfolioGroup: "P", classGroups: ["AAA", "BBB"], offset: 0.6, ...standing },
          { id: "H", portfolioGroup: "P", classGroups: ["SPX", "RUT"], offset: 0.9, ...standing },
        ],
        portfolioGroups: [{ id: "P", offset: 0.4, ...standing }],
      }
    : {};
  return { ...document, readings: { ...document.readings, ...readings }, ...groups };
}

export const ruleChoices: readonly unknown[] = [
  undefined,
  "span-16",
  "price-volatility",
  "rbh",
  ...(["reduced", "remainder"] as const).flatMap((carriedGain) =>
    (["portfolio_group", "class_group"] as const).flatMap((minimumPer) => [
      changedRules({ carriedGain, minimumPer }, true),
      changedRules({ carriedGain, minimumPer }, false),
    ]),
  ),
];

export function randomBooks(shape: BookShape): Arbitrary<RandomBook> {
  return record({
    underlyings: underlyingRows,
    options: array(optionRow, { minLength: 1, maxLength: 12 }),
    rules: constantFrom(...ruleChoices),
    dividendModel: constantFrom("spot", "spot", "escrowed"),
    rates: constantFrom(null, 0.04),
    hasDividends: constantFrom(true, false),
    theoreticalClose: option(cents(1, 20), { freq: 3 }),
  }).chain(({ underlyings, options, rules, dividendModel, rates, hasDividends, theoreticalClose }) => {
    const own = new Map(options.map(({ symbol, row }) => [symbol, row]));
    const symbols = [...underlyings.map(([symbol]) => String(symbol)), ...own.keys()];
    const [first] = own.keys();
    const profits = Array.from({ length: 10 }, (_, k) => [`p${k + 1}`, number] as const);
    // Ten values a contract: those of the grids of ten points.
    const hasTen = rules !== "span-16" && rules !== "price-volatility";
    const theoretical: FileTable | null =
      theoreticalClose === null || !hasTen
        ? null
        : {
            columns: { symbol: text, close: number, minimum: number, ...Object.fromEntries(profits) },
            rows: [[first!, theoreticalClose, 0.5, ...profits.map((_, k) => (k - 4.5) / 3)]],
          };
    return record({
      positions: positionFiles(symbols, shape),
      accounts: accountRows(shape.isPlain),
    }).map(({ positions, accounts }) => ({
      positions,
      underlyings: { columns: columnsOfUnderlyings, rows: underlyings },
      options: {
        columns: {
          symbol: text,
          underlying: text,
          deliverable: text,
          volatility: number,
          price: number,
          listed: "boolean",
        },
        rows: [...own.values()],
      },
      dividends: hasDividends
        ? {
            columns: { symbol: text, ex_date: text, amount: number },
            rows: [
              ["BBB", "2026-12-10", 0.35],
              ["BBB", "2027-02-10", 0.4],
            ],
          }
        : null,
      rates,
      accounts,
      theoretical,
      rules,
      dividendModel,
    }));
  });
}

/** Writes a book as files of a run, its positions as Parquet where they are not written already. */
export async function filesOf(
  folder: BookFolder,
  book: RandomBook,
  written?: readonly string[],
): Promise<TableFiles> {
  const positions = [...(written ?? [])];
  if (written === undefined)
    for (const [k, table] of book.positions.entries())
      positions.push(await folder.write(`positions-${k}.parquet`, table));
  const others: Record<string, string[]> = {};
  for (const name of ["underlyings", "options", "dividends", "accounts", "theoretical"] as const) {
    const table = book[name];
    if (table !== null) others[name] = [await folder.write(`${name}.parquet`, table)];
  }
  const rates = book.rates === null ? {} : { rates: book.rates };
  return { positions, ...others, ...rates, asOf: "2026-11-20T16:00:00-05:00" };
}
