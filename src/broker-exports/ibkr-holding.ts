import { addHolding, type NamedCell } from "./add-holding.js";
import { readAmount } from "./amounts.js";
import type { ExportCollector } from "./collector.js";
import { ibkrContract } from "./ibkr-names.js";

/** A holding as the statement and the Flex query both state it; `text` of a field that the file does not have is null. */
export interface IbkrHolding {
  readonly line: number;
  readonly account: string;
  readonly field: (name: IbkrField) => NamedCell | null;
}

export type IbkrField =
  | "category"
  | "currency"
  | "symbol"
  | "quantity"
  | "multiplier"
  | "price"
  | "value"
  | "underlying"
  | "expiry"
  | "strike"
  | "right";

/** Keeps one holding, or refuses it by name: what is not in US dollars is not converted. */
export function addIbkrHolding(out: ExportCollector, { line, account, field }: IbkrHolding): void {
  out.startAccount(account);
  const text = (name: IbkrField): string => field(name)?.text ?? "";
  const shown = text("symbol");
  const refuse = (name: IbkrField, expected: string): void =>
    out.refuse("EXPORT_HOLDING", {
      line,
      shown,
      column: field(name)?.column ?? name,
      value: shown,
      expected,
    });
  const currency = text("currency");
  if (currency !== "" && currency !== "USD") {
    refuse("currency", `a holding in USD, found ${currency}`);
    return;
  }
  const [multiplier, strike] = [readAmount(text("multiplier")), readAmount(text("strike"))];
  if (multiplier === undefined || strike === undefined || (multiplier !== null && !(multiplier.value > 0))) {
    refuse(strike === undefined ? "strike" : "multiplier", "a number above zero");
    return;
  }
  const contract = ibkrContract({
    category: text("category"),
    symbol: shown,
    multiplier: multiplier?.value ?? null,
    underlying: text("underlying"),
    expiry: text("expiry"),
    strike: strike === null || strike.value === 0 ? null : strike.value,
    right: text("right"),
  });
  if (typeof contract === "string") {
    const code = text("category").match(/^(?:stk|stocks)$/i) === null ? "EXPORT_HOLDING" : "SYMBOL_INVALID";
    out.refuse(code, { line, shown, column: field("symbol")?.column ?? "symbol", expected: contract });
    return;
  }
  const quantity = field("quantity") ?? { column: "quantity", text: "" };
  addHolding(out, { line, shown, contract, quantity, price: field("price"), value: field("value") });
}
