import { readAsOf } from "../basics/dates.js";
import { MarginError } from "../basics/failure.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import type { RuleSet } from "../rules/load.js";
import { productTable } from "../rules/products.js";
import type { TablesRead } from "../tables/read-tables.js";
import type { DividendModel } from "../valuation/escrowed.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { Valuation } from "../valuation/valuation.js";
import { type PreparedRisk, prepareRisk } from "./prepare.js";

/**
 * Every contract of the positions and options tables, whoever holds it.
 *
 * @throws MarginError `AS_OF_MISSING`, `AS_OF_INVALID`.
 */
export function prepareAll(
  { tables, failures }: TablesRead,
  { rules, dividendModel }: { readonly rules: RuleSet; readonly dividendModel: DividendModel },
  valuation: Valuation,
): Steps<PreparedRisk> {
  const asOf = readAsOf(tables.asOf);
  if ("code" in asOf) throw new MarginError([asOf]);
  const named = [...tables.positions.text("symbol"), ...tables.options.text("symbol")];
  const symbols = named.filter((symbol): symbol is string => symbol !== null).map(canonicalSymbol);
  const run = { tables, readFailures: failures, asOfMs: asOf.epochMs, rules, dividendModel };
  return prepareRisk({ ...run, products: productTable(rules), symbols, marks: new Map() }, valuation);
}
