import { canonicalSymbol, type ContractSources } from "../contracts/contract-master.js";
import { optionTermsOf } from "../contracts/option-row.js";
import { SymbolRows } from "../contracts/symbol-rows.js";
import type { Market } from "../market/market.js";
import type { Table } from "../tables/table.js";
import type { PrepareRequest } from "./prepare.js";

/** What the tables and the product table say of contracts. */
export function contractSources(
  request: Pick<PrepareRequest, "tables" | "products" | "asOfMs">,
  market: Market,
  theoretical: ReadonlyMap<string, number>,
): ContractSources {
  const { options } = request.tables;
  const { underlyings } = market;
  return {
    optionRows: new SymbolRows(options.text("symbol")),
    optionTerms: optionTermsOf(options),
    optionRoot: (root) => request.products.optionRoot(root),
    underlyingKind: (symbol, contract) =>
      underlyings.kind[underlyings.rowOf.get(symbol) ?? -1] ??
      // A contract with theoretical values needs no row of its underlying.
      (contract !== null && theoretical.has(contract)
        ? (request.products.product(symbol)?.kind ?? "stock")
        : undefined),
    underlyingMultiplier: (symbol) =>
      underlyings.multiplier[underlyings.rowOf.get(symbol) ?? -1] ??
      request.products.product(symbol)?.multiplier ??
      1,
    asOfMs: request.asOfMs,
  };
}

/** Canonical symbol → first row; of identical duplicates the first stands, differing ones are rejected. */
export function rowsBySymbol(table: Table): Map<string, number> {
  const rows = new Map<string, number>();
  table.text("symbol").forEach((symbol, row) => {
    if (symbol === null) return;
    const key = canonicalSymbol(symbol);
    if (!rows.has(key)) rows.set(key, row);
  });
  return rows;
}
