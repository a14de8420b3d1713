import { type Amount, crossCheck, readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import type { ExportedContract } from "./contract-name.js";

/** A cell with the name of its column. */
export interface NamedCell {
  readonly column: string;
  readonly text: string;
}

/** A row that is a holding, as text; columns that the file does not have are left out. */
export interface HoldingRow {
  readonly line: number;
  /** The holding as the file names it. */
  readonly shown: string;
  readonly contract: ExportedContract;
  readonly quantity: NamedCell;
  /** Today's price per share or per unit of the contract. */
  readonly price?: NamedCell | null;
  /** Quantity × price × multiplier, USD. */
  readonly value?: NamedCell | null;
  /** What was paid for one, and quantity × (price - paid) × multiplier. */
  readonly paid?: NamedCell | null;
  readonly profit?: NamedCell | null;
  readonly bid?: NamedCell | null;
  readonly ask?: NamedCell | null;
}

type Figure = "quantity" | "price" | "value" | "paid" | "profit" | "bid" | "ask";
const figures: readonly Figure[] = ["quantity", "price", "value", "paid", "profit", "bid", "ask"];
/** A holding without one of these can still be used. */
const forChecksAlone: readonly Figure[] = ["paid", "profit"];

const standardMultiplier = 100;

/**
 * Reads the row's amounts, holds quantity × price × multiplier against the value beside it (or against the gain since it was
 * bought), and keeps the holding. A row whose cells cannot be read or do not agree is refused, never mended.
 */
export function addHolding(out: ExportCollector, row: HoldingRow): void {
  const amounts = readFigures(out, row);
  if (amounts === null) return;
  const { line, shown, contract } = row;
  const { quantity, price, value } = amounts;
  if (quantity === null) {
    const expected = "a number of shares or contracts";
    out.refuse("CELL_MISSING", {
      line,
      shown,
      column: row.quantity.column,
      value: row.quantity.text,
      expected,
    });
    return;
  }
  if (hasExpired(out, contract) && (value?.value ?? price?.value ?? 0) === 0) {
    out.skip(line, "an option that had expired by the file's date, without value");
    return;
  }
  if (quantity.value === 0) {
    out.skip(line, "a quantity of zero");
    return;
  }
  const checked = check(row, amounts);
  if (checked.outcome === "differs") {
    const { column, text, expected } = checked;
    out.refuse("EXPORT_CHECK", { line, shown, column, value: text, expected });
    return;
  }
  out.checked[checked.outcome]++;
  if (checked.outcome === "withinRounding")
    out.note(line, `${shown} agrees with its value only within the rounding of its printed price`);
  const { bid, ask } = amounts;
  const kept = { price: priceOf(row, price), bid: bid?.value ?? null, ask: ask?.value ?? null };
  out.addHolding({ line, contract, quantity: quantity.value, ...kept });
}

type Amounts = Readonly<Record<Figure, Amount | null>>;

function readFigures(out: ExportCollector, row: HoldingRow): Amounts | null {
  const read: Partial<Record<Figure, Amount | null>> = {};
  for (const figure of figures) {
    const cell = row[figure] ?? null;
    const amount = cell === null ? null : readAmount(cell.text);
    if (amount === undefined && cell !== null && !forChecksAlone.includes(figure)) {
      const { line, shown } = row;
      const expected = "an amount like 1,234.50, -$5.00 or ($5.00), or nothing (--, N/A)";
      out.refuse("CELL_TYPE", { line, shown, column: cell.column, value: cell.text, expected });
      return null;
    }
    read[figure] = amount ?? null;
  }
  return read as Amounts;
}

/** The positions table has no price below zero, and a future is settled daily: its price belongs to the underlyings. */
function priceOf(row: HoldingRow, price: Amount | null): number | null {
  return price === null || (price.value < 0 && row.contract.kind !== "future") ? null : price.value;
}

function hasExpired(out: ExportCollector, contract: ExportedContract): boolean {
  const today = out.stated?.day ?? null;
  return today !== null && "day" in contract && contract.day < today;
}

type Check =
  | { readonly outcome: "agree" | "withinRounding" | "untold" }
  | {
      readonly outcome: "differs";
      readonly column: string;
      readonly text: string;
      readonly expected: string;
    };

function multiplierOf(contract: ExportedContract): number | null {
  if (contract.kind === "stock") return 1;
  return contract.multiplier ?? (contract.kind === "option" ? standardMultiplier : null);
}

function check(row: HoldingRow, amounts: Amounts): Check {
  const { quantity, price, value, paid, profit } = amounts;
  const multiplier = multiplierOf(row.contract);
  if (quantity === null || price === null || multiplier === null) return { outcome: "untold" };
  const against =
    value !== null
      ? { cell: row.value, prices: [price], amount: value }
      : profit !== null && paid !== null
        ? { cell: row.profit, prices: [price, paid], amount: profit }
        : null;
  if (against === null) return { outcome: "untold" };
  const { cell, prices, amount } = against;
  const outcome = crossCheck({ quantity: quantity.value, multiplier, prices, value: amount.value });
  if (outcome !== "differs") return { outcome: outcome === "agrees" ? "agree" : "withinRounding" };
  const shownPrices = prices.length === 1 ? `${price.value}` : `(${price.value} - ${prices[1]?.value})`;
  const product = quantity.value * multiplier * (price.value - (prices[1]?.value ?? 0));
  const expected = `${quantity.value} x ${shownPrices} x ${multiplier} = ${product.toFixed(2)}, within two cents`;
  return { outcome, column: cell?.column ?? "", text: cell?.text ?? "", expected };
}
