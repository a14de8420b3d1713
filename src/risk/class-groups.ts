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
  const { book, arrays, classOrder } = request;
  const amounts = holdingAmounts(request);
  const starts = rowStarts(book, classOrder);
  const count = starts.length - 1;
  const profit = new Float64Array(count * arrays.scenarioCount);
  const minimum = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const into = profit.subarray(row * arrays.scenarioCount, (row + 1) * arrays.scenarioCount);
    for (let holding = starts[row] ?? 0; holding < (starts[row + 1] ?? 0); holding++) {
      if (request.unusable[book.contract[holding] ?? -1] === 1) continue;
      addProfit(into, request, holding);
      minimum[row] = (minimum[row] ?? 0) + (amounts.minimum[holding] ?? Number.NaN);
    }
  }
  return {
    count,
    scenarioCount: arrays.scenarioCount,
    classGroup: starts.slice(0, count).map((start) => classOrder[book.contract[start] ?? -1] ?? -1),
    account: starts.slice(0, count).map((start) => book.account[start] ?? -1),
    holdingStart: starts,
    profit,
    minimum,
    holdingMinimum: amounts.minimum,
    holdingMarketValue: amounts.marketValue,
  };
}

/** Where each (class group, account) begins among the holdings; one more entry marks the end. */
function rowStarts(book: Book, classOrder: Int32Array): Int32Array {
  const starts: number[] = [];
  let [lastClass, lastAccount] = [-1, -1];
  for (let holding = 0; holding < book.count; holding++) {
    const classGroup = classOrder[book.contract[holding] ?? -1] ?? -1;
    const account = book.account[holding] ?? -1;
    if (classGroup !== lastClass || account !== lastAccount) starts.push(holding);
    [lastClass, lastAccount] = [classGroup, account];
  }
  return Int32Array.from([...starts, book.count]);
}

function addProfit(into: Float64Array, { book, arrays }: NettingRequest, holding: number): void {
  const quantity = book.quantity[holding] ?? Number.NaN;
  const from = (book.contract[holding] ?? -1) * arrays.scenarioCount;
  for (let s = 0; s < into.length; s++)
    into[s] = (into[s] ?? 0) + quantity * (arrays.profit[from + s] ?? Number.NaN);
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
