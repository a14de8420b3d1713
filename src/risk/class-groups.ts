import { type ContractMaster, pricePerShare } from "../contracts/contract-master.js";
import type { Book } from "../positions/book.js";
import type { RiskArrays } from "./risk-arrays.js";
import type { TheoreticalValues } from "./theoretical-values.js";

/**
 * The netted class groups of a book: one row per class group and account that holds something in it, in the order
 * of the book. Holdings `holdingStart[row]` to `holdingStart[row + 1] - 1` belong to the row.
 */
export interface ClassGroupTotals {
  readonly count: number;
  readonly scenarioCount: number;
  readonly classGroup: Int32Array;
  readonly account: Int32Array;
  readonly holdingStart: Int32Array;
  /** USD, `count` rows of `scenarioCount`: the sum over the row's usable holdings, in the book's order. */
  readonly profit: Float64Array;
  /** USD: the sum of the holdings' per-contract minimums. */
  readonly minimum: Float64Array;
  /** USD, by holding. */
  readonly holdingMinimum: Float64Array;
  readonly holdingMarketValue: Float64Array;
}

export interface MinimumRule {
  readonly perUnitUsd: number;
  readonly cappedAtLongMarketValue: boolean;
  readonly appliesTo: "all" | "short_options";
}

export interface NettingRequest {
  readonly book: Book;
  readonly contracts: ContractMaster;
  readonly arrays: RiskArrays;
  readonly classOrder: Int32Array;
  readonly unusable: Uint8Array;
  readonly minimum: MinimumRule;
  /** Minimums that were given with theoretical values. */
  readonly theoretical: Pick<TheoreticalValues, "minimum">;
}

/** Nets every class group of every account: gains and losses of one underlying offset fully at each scenario. */
export function netClassGroups(request: NettingRequest): ClassGroupTotals {
  const rows = classGroupRows(request.book, request.classOrder);
  const { scenarioCount } = request.arrays;
  return { ...rows, scenarioCount, profit: netProfits(rows, request), ...netMinimums(rows, request) };
}

/** The rows of a book, before anything is netted: the same under any grids. */
export type ClassGroupRows = Pick<ClassGroupTotals, "count" | "classGroup" | "account" | "holdingStart">;

/** {@link ClassGroupTotals.profit}. */
export function netProfits(
  { count, holdingStart }: ClassGroupRows,
  { book, arrays, unusable }: Pick<NettingRequest, "book" | "arrays" | "unusable">,
): Float64Array {
  const { scenarioCount, profit: perContract } = arrays;
  const profit = new Float64Array(count * scenarioCount);
  for (let row = 0; row < count; row++) {
    const to = row * scenarioCount;
    const end = holdingStart[row + 1] ?? 0;
    for (let holding = holdingStart[row] ?? 0; holding < end; holding++) {
      const contract = book.contract[holding] ?? -1;
      if (unusable[contract] === 1) continue;
      const quantity = book.quantity[holding] ?? Number.NaN;
      const from = contract * scenarioCount;
      for (let s = 0; s < scenarioCount; s++)
        profit[to + s]! += quantity * (perContract[from + s] ?? Number.NaN);
    }
  }
  return profit;
}

/** Minimums of the rows, and what they are sums of. */
export function netMinimums(
  { count, holdingStart }: ClassGroupRows,
  request: NettingRequest,
): Pick<ClassGroupTotals, "minimum" | "holdingMinimum" | "holdingMarketValue"> {
  const { book, unusable } = request;
  const amounts = holdingAmounts(request);
  const minimum = new Float64Array(count);
  for (let row = 0; row < count; row++)
    for (let holding = holdingStart[row] ?? 0; holding < (holdingStart[row + 1] ?? 0); holding++)
      if (unusable[book.contract[holding] ?? -1] !== 1)
        minimum[row]! += amounts.minimum[holding] ?? Number.NaN;
  return { minimum, holdingMinimum: amounts.minimum, holdingMarketValue: amounts.marketValue };
}

/** A row begins where the class group or the account is another than that of the holding before. */
function classGroupRows({ count, account, contract }: Book, classOrder: Int32Array): ClassGroupRows {
  const starts = new Int32Array(count + 1);
  const rowClass = new Int32Array(count);
  const rowAccount = new Int32Array(count);
  let rows = 0;
  for (let holding = 0; holding < count; holding++) {
    const ownClass = classOrder[contract[holding] ?? -1] ?? -1;
    const ownAccount = account[holding] ?? -1;
    if (rows > 0 && ownClass === rowClass[rows - 1] && ownAccount === rowAccount[rows - 1]) continue;
    starts[rows] = holding;
    rowClass[rows] = ownClass;
    rowAccount[rows] = ownAccount;
    rows++;
  }
  starts[rows] = count;
  return {
    count: rows,
    classGroup: rowClass.subarray(0, rows),
    account: rowAccount.subarray(0, rows),
    holdingStart: starts.subarray(0, rows + 1),
  };
}

/** Market value at the account's mark, else the market's price, else the model's value; and the minimum. */
function holdingAmounts(request: NettingRequest): { marketValue: Float64Array; minimum: Float64Array } {
  const { book } = request;
  const marketValue = new Float64Array(book.count);
  const minimum = new Float64Array(book.count);
  for (let holding = 0; holding < book.count; holding++) {
    const contract = book.contract[holding] ?? -1;
    const quantity = book.quantity[holding] ?? Number.NaN;
    const multiplier = request.contracts.multiplier[contract] ?? Number.NaN;
    // A future is settled daily: what it gained is in the cash already.
    const isFuture = request.contracts.isFuture[contract] === 1;
    const value = isFuture ? 0 : quantity * multiplier * holdingPrice(request, holding);
    marketValue[holding] = value;
    minimum[holding] = holdingMinimum(request, { contract, quantity, value });
  }
  return { marketValue, minimum };
}

/** Per share: the first of the account's mark, the market's price, the model's value that is there; NaN without any. */
export function holdingPrice(
  { book, arrays, contracts }: Pick<NettingRequest, "book" | "arrays" | "contracts">,
  holding: number,
): number {
  const contract = book.contract[holding] ?? -1;
  const mark = pricePerShare(book.mark[holding] ?? Number.NaN, contract, contracts);
  return holdingPriceOf(contract, mark, { arrays });
}

/** As {@link holdingPrice}, of one contract at a mark per share. */
export function holdingPriceOf(
  contract: number,
  mark: number,
  { arrays }: Pick<NettingRequest, "arrays">,
): number {
  if (!Number.isNaN(mark)) return mark;
  const price = arrays.price[contract] ?? Number.NaN;
  return Number.isNaN(price) ? (arrays.value[contract] ?? Number.NaN) : price;
}

/** What a contract's minimum is, apart from how many are held. */
export interface MinimumTerms {
  readonly perContractUsd: number;
  /** Only for short positions. */
  readonly ofShorts: boolean;
  /** Of a long position not above its market value. */
  readonly capped: boolean;
}

export function minimumTerms(
  contract: number,
  { contracts, minimum, theoretical }: Pick<NettingRequest, "contracts" | "minimum" | "theoretical">,
): MinimumTerms {
  const isOption = contracts.isOption[contract] === 1;
  const given = theoretical.minimum[contract] ?? Number.NaN;
  const nothing = { perContractUsd: 0, ofShorts: false, capped: false };
  if (!isOption && contracts.isFuture[contract] === 0 && Number.isNaN(given)) return nothing;
  const ofShorts = minimum.appliesTo === "short_options";
  if (ofShorts && !isOption) return nothing;
  const multiplier = contracts.quoteMultiplier[contract] ?? Number.NaN;
  const perContractUsd = Number.isNaN(given) ? minimum.perUnitUsd * multiplier : given;
  return { perContractUsd, ofShorts, capped: isOption && minimum.cappedAtLongMarketValue };
}

interface HoldingTerms {
  readonly contract: number;
  readonly quantity: number;
  readonly value: number;
}

function holdingMinimum(request: NettingRequest, { contract, quantity, value }: HoldingTerms): number {
  const { perContractUsd, ofShorts, capped } = minimumTerms(contract, request);
  if (ofShorts && !(quantity < 0)) return 0;
  const charge = perContractUsd * Math.abs(quantity);
  return capped && quantity > 0 ? Math.min(charge, value) : charge;
}
