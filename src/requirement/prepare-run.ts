import { readAsOf } from "../basics/dates.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { canonicalSymbol } from "../contracts/contract-master.js";
import { buildBook } from "../positions/book.js";
import { prepareRisk } from "../risk/prepare.js";
import { productTable, withProductGroups } from "../rules/products.js";
import type { InputTables } from "../tables/table.js";
import type { Steps } from "../valuation/kernel-call.js";
import type { Valuation } from "../valuation/valuation.js";
import { accountMoney } from "./accounts.js";
import { agreedMarks } from "./marks.js";
import type { MarginRequest, Run } from "./run.js";

/**
 * Values the contracts that are held and lays out the book.
 *
 * @throws MarginError `AS_OF_MISSING`, `AS_OF_INVALID`; `ACCOUNT_UNKNOWN` when `account` is in no table.
 */
export function* prepareRun(request: MarginRequest, valuation: Valuation): Steps<Run> {
  const { tables } = request;
  const asOf = readAsOf(tables.asOf);
  if ("code" in asOf) throw new MarginError([asOf]);
  const products = productTable(request.rules);
  const prepared = yield* prepareRisk(
    {
      ...request,
      asOfMs: asOf.epochMs,
      products,
      symbols: [...heldSymbols(tables).keys()],
      marks: agreedMarks(tables.positions),
    },
    valuation,
  );
  const money = accountMoney(tables.accounts);
  const { book, failures: bookFailures } = buildBook({
    positions: tables.positions,
    contracts: prepared.contracts,
    listedAccounts: [...money.keys()],
    classOrder: prepared.classOrder,
  });
  if (request.account !== undefined && !book.accounts.includes(request.account))
    throw new MarginError([
      failure("ACCOUNT_UNKNOWN", { value: request.account, expected: shortList(book.accounts) }),
    ]);
  const { productGroupOf } = prepared.theoretical;
  const rules = productGroupOf.size === 0 ? request.rules : withProductGroups(request.rules, productGroupOf);
  const places = rules === request.rules ? products : productTable(rules);
  return {
    asOf: asOf.text,
    request: { ...request, rules },
    prepared,
    book,
    money,
    placeOf: (id) => places.placeOf(id),
    bookFailures,
  };
}

/** Gives a failure that has a symbol and no place the first position in it. */
export function placesOf(tables: InputTables): (item: Failure) => Failure {
  const held = heldSymbols(tables);
  return (item) => {
    const row = held.get(item.symbol ?? "");
    const isPlaced = item.file !== null || item.column !== null || row === undefined;
    return isPlaced ? item : { ...item, ...tables.positions.place(row, "symbol") };
  };
}

/** Canonical symbols of the positions, each with its first row. */
function heldSymbols({ positions }: InputTables): Map<string, number> {
  const held = new Map<string, number>();
  positions.text("symbol").forEach((symbol, row) => {
    if (symbol === null || positions.rejected[row] === 1) return;
    const key = canonicalSymbol(symbol);
    if (!held.has(key)) held.set(key, row);
  });
  return held;
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `one of ${shown}, … (${names.length})` : `one of ${shown}`;
}
