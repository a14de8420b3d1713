import { readAmount } from "./amounts.js";
import {
  type ExportedContract,
  futureOptionOf,
  isCallOf,
  optionOf,
  optionOfSymbol,
  stockOf,
  tickerOf,
} from "./contract-name.js";
import { readDay } from "./days.js";
import { rootOf } from "./index-roots.js";

/** What tastytrade says of a holding's contract; empty texts for columns that were not on the screen. */
export interface TastytradeContract {
  readonly symbol: string;
  readonly type: string;
  readonly expiry: string;
  readonly strike: string;
  readonly right: string;
}

const futureOption = /^\.\/(\S+) (\S+) ?(\d{6})([CP])(\d+(?:\.\d+)?)$/;
const future = /^\/([A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2})$/;
const stocks = ["stock", "equity", "etf"];
const options = ["option", "equity option", "index option"];

/** @returns what was expected, where the row does not say which contract it is, or contradicts itself. */
export function tastytradeContract(said: TastytradeContract): ExportedContract | string {
  const { symbol } = said;
  const type = said.type.toLowerCase().replaceAll("_", " ");
  if (stocks.includes(type)) return stockOf(symbol) ?? "a symbol of shares";
  if (options.includes(type)) return stockOption(said);
  if (["future", "futures"].includes(type)) {
    const found = future.exec(symbol)?.[1];
    return found === undefined ? "a future like /ESZ6" : { kind: "future", symbol: found, multiplier: null };
  }
  if (["future option", "futures option"].includes(type)) return optionOnFuture(symbol);
  return "a type of STOCK, OPTION, FUTURES or FUTURES_OPTION";
}

function stockOption(said: TastytradeContract): ExportedContract | string {
  const [day, isCall, strike] = [readDay(said.expiry), isCallOf(said.right), readAmount(said.strike)?.value];
  const named = optionOfSymbol(said.symbol);
  if (named !== null) {
    const agrees =
      (said.expiry === "" || day === null || day === named.day || day === named.saturday) &&
      (isCall ?? named.isCall) === named.isCall &&
      (strike ?? named.strike) === named.strike;
    return agrees ? named : `expiry, strike and right of ${named.symbol}`;
  }
  const underlying = tickerOf(said.symbol);
  if (underlying === null || day === null || isCall === null || strike === undefined)
    return "an option symbol of 21 characters, or a symbol with the columns Exp Date, Strike Price and Call/Put";
  const root = rootOf(underlying, day, null);
  if (root === null)
    return `an option symbol of 21 characters: on that day there are options of two roots on ${underlying}`;
  return optionOf({ root, day, isCall, strike }) ?? "a root of at most six letters";
}

/** `./ESZ5 EW4Z5 251226P5800`: future, product, day, right and strike. */
function optionOnFuture(symbol: string): ExportedContract | string {
  const found = futureOption.exec(symbol);
  const [underlying = "", , date = "", right = "", strike = ""] = found?.slice(1) ?? [];
  const [day, isCall] = [readDay(`20${date}`), isCallOf(right)];
  if (day === null || isCall === null) return "an option on a future like ./ESZ5 EW4Z5 251226P5800";
  return futureOptionOf(symbol, { day, isCall, strike: Number(strike), underlying });
}
