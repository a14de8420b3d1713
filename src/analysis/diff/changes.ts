import { type RateCurve, rateCurve } from "../../market/rates.js";
import type { CellValue } from "../../tables/cells.js";
import {
  carryColumns,
  type Hybrid,
  holdingKey,
  marksOf,
  optionTerms,
  type Sides,
  underlyingTerms,
} from "./hybrid.js";
import type { DiffChange, DiffInput, PositionChange } from "./result.js";
import type { Row } from "./rows.js";
import {
  canValue,
  hasUnderlying,
  heldSymbols,
  isOption,
  quoteOf,
  type Side,
  underlyingOf,
  volatilityOf,
} from "./side.js";

/** What stands otherwise in B, of everything that B's positions rest on. Steps without a change are left out. */
export function inputChanges(sides: Sides): DiffInput[] {
  const { a, b } = sides;
  const positions = b.rows.positions.filter(({ account }) => sides.accounts.has(String(account)));
  // What A's market cannot value is B's from the first step: there is nothing to switch.
  const held = heldSymbols(positions).filter((symbol) => canValue(a, symbol) && canValue(b, symbol));
  const roots = held.flatMap((symbol) => underlyingOf(b, symbol) ?? []);
  const underlyings = [...new Set(roots)].toSorted().filter((symbol) => hasUnderlying(a, symbol));
  const options = held.filter((symbol) => isOption(b, symbol));
  const inputs: DiffInput[] = [
    { step: "terms", changes: termChanges(underlyings, options, sides) },
    { step: "prices", changes: priceChanges({ underlyings, options, positions }, sides) },
    {
      step: "volatilities",
      changes: compared(options, "volatility", (symbol, side) => volatilityOf(side, symbol), sides),
    },
    { step: "time", changes: change("as-of time", "", a.margin.asOf, b.margin.asOf) },
    { step: "dividends_and_rates", changes: carryChanges(underlyings, sides) },
    {
      step: "theoretical_values",
      changes: compared(held, "theoretical values", theoreticalText, sides),
    },
    { step: "rules", changes: change("rules", "", rulesText(a), rulesText(b)) },
  ];
  return inputs.filter(({ changes }) => changes.length > 0);
}

/** Holdings of an account that are another in B, by symbol. */
export function positionChanges(account: string, { a, b }: Pick<Sides, "a" | "b">): PositionChange[] {
  const none = new Map<string, number>();
  const [before, after] = [a.holdings.get(account) ?? none, b.holdings.get(account) ?? none];
  const symbols = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return symbols.flatMap((symbol) => {
    const [first, second] = [before.get(symbol) ?? 0, after.get(symbol) ?? 0];
    if (first === second) return [];
    const state =
      first === 0 ? "opened" : second !== 0 ? "changed" : hasExpired(symbol, a, b) ? "expired" : "closed";
    return [{ symbol, state, before: first, after: second } as const];
  });
}

/** Whether two hybrids are the same input. */
export function isSameInput(first: Hybrid, second: Hybrid): boolean {
  return JSON.stringify(first) === JSON.stringify(second);
}

function hasExpired(symbol: string, a: Side, b: Side): boolean {
  const { contracts } = a.prepared;
  const expiryMs = contracts.expiryMs[contracts.rowOf.get(symbol) ?? -1] ?? Number.NaN;
  return expiryMs <= b.prepared.market.asOfMs;
}

function change(what: string, id: string, before: CellValue, after: CellValue): DiffChange[] {
  return before === after ? [] : [{ what, id, before: shown(before), after: shown(after) }];
}

function shown(value: CellValue): string | number | null {
  return typeof value === "boolean" ? String(value) : value;
}

function compared(
  symbols: readonly string[],
  what: string,
  of: (symbol: string, side: Side) => CellValue,
  { a, b }: Sides,
): DiffChange[] {
  return symbols.flatMap((symbol) => change(what, symbol, of(symbol, a), of(symbol, b)));
}

function termChanges(underlyings: readonly string[], options: readonly string[], sides: Sides): DiffChange[] {
  return [
    ...underlyingTerms.flatMap((column) =>
      compared(underlyings, column, (symbol, side) => cell(side.underlyings.get(symbol), column), sides),
    ),
    ...optionTerms.flatMap((column) =>
      compared(options, column, (symbol, side) => cell(side.options.get(symbol), column), sides),
    ),
  ];
}

function cell(row: Row | undefined, column: string): CellValue {
  return row?.[column] ?? null;
}

function priceChanges(
  of: { underlyings: readonly string[]; options: readonly string[]; positions: readonly Row[] },
  sides: Sides,
): DiffChange[] {
  const { a, b } = sides;
  const [before, after] = [marksOf(a.rows.positions), marksOf(b.rows.positions)];
  const marked = [...new Set(of.positions.map(holdingKey))].toSorted();
  return [
    ...compared(
      of.underlyings,
      "price",
      (symbol, side) => cell(side.underlyings.get(symbol), "price"),
      sides,
    ),
    ...compared(of.options, "price", (symbol, side) => quoteOf(side, symbol), sides),
    ...marked.flatMap((key) => {
      const [symbol = "", account = ""] = key.split("\u0000");
      return change(`mark of ${account}`, symbol, before.get(key) ?? null, after.get(key) ?? null);
    }),
  ];
}

function carryChanges(underlyings: readonly string[], sides: Sides): DiffChange[] {
  const { a, b } = sides;
  const yields = carryColumns.flatMap((column) =>
    compared(underlyings, column, (symbol, side) => cell(side.underlyings.get(symbol), column), sides),
  );
  return [
    ...yields,
    ...underlyings.flatMap((symbol) => dividendChanges(symbol, sides)),
    ...rateChanges(a, b),
  ];
}

function dividendChanges(symbol: string, { a, b }: Sides): DiffChange[] {
  const [before, after] = [a, b].map(
    ({ rows }) =>
      new Map(
        rows.dividends
          .filter((row) => row["symbol"] === symbol)
          .map((row) => [String(row["ex_date"]), row["amount"] ?? null]),
      ),
  ) as [Map<string, CellValue>, Map<string, CellValue>];
  const days = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return days.flatMap((day) =>
    change(`dividend ${day}`, symbol, before.get(day) ?? null, after.get(day) ?? null),
  );
}

/** The curves at every time that either names. */
function rateChanges(a: Side, b: Side): DiffChange[] {
  const years = [a, b].flatMap(({ read }) => [...read.tables.rates.number("years")]);
  const times = [...new Set(years)].filter((time) => !Number.isNaN(time)).toSorted((x, y) => x - y);
  const [before, after] = [a, b].map(({ read }) => rateCurve(read.tables.rates)) as [RateCurve, RateCurve];
  return times.flatMap((time) => change(`rate at ${time} years`, "", before(time), after(time)));
}

function theoreticalText(symbol: string, { theoretical }: Side): string {
  const row = theoretical.get(symbol);
  if (row === undefined) return "the model";
  const values = Object.entries(row).filter(([name, value]) => /^p\d+$/.test(name) && value !== null);
  return `given: ${values.map(([, value]) => value).join(" ")}`;
}

function rulesText({ rules }: Side): string {
  return `${rules.name} ${rules.hash.slice(0, 12)}`;
}
