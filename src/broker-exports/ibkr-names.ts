import {
  type ExportedContract,
  futureOptionOf,
  isCallOf,
  optionOf,
  optionOfSymbol,
  stockOf,
} from "./contract-name.js";
import { readDay } from "./days.js";

/** What Interactive Brokers says of a holding's contract; empty texts where the file is silent. */
export interface IbkrContract {
  readonly category: string;
  readonly symbol: string;
  readonly multiplier: number | null;
  readonly underlying: string;
  readonly expiry: string;
  readonly strike: number | null;
  readonly right: string;
}

type Category = "stock" | "option" | "future" | "future-option";

/** Asset categories of statements (words) and of Flex queries (letters). */
const categories: Readonly<Record<string, Category>> = {
  stocks: "stock",
  stk: "stock",
  etfs: "stock",
  fund: "stock",
  funds: "stock",
  "mutual funds": "stock",
  "equity and index options": "option",
  options: "option",
  opt: "option",
  futures: "future",
  fut: "future",
  "futures options": "future-option",
  "options on futures": "future-option",
  fop: "future-option",
};

const spelled = /^(\S+(?: [A-Z])?) (\d{1,2}[A-Z]{3}\d{2}) (\d+(?:\.\d+)?) ([CP])$/;
const onFuture = /^(\S+) ([CP])(\d+(?:\.\d+)?)$/;

/**
 * The contract of a holding: option symbols (21 characters) and `SPY 31MAR25 570 C`; where the file gives expiry, strike and
 * right besides, they must say the same.
 *
 * @returns what was expected, where the row does not say which contract it is, or contradicts itself.
 */
export function ibkrContract(said: IbkrContract): ExportedContract | string {
  const category = Object.hasOwn(categories, said.category.toLowerCase())
    ? categories[said.category.toLowerCase()]
    : undefined;
  if (category === "stock")
    return stockOf(said.symbol) ?? "a symbol of shares; the name of a bond or another number is none";
  if (category === "option") return stockOption(said);
  if (category === "future") {
    if (!/^[A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2}$/.test(said.symbol)) return "a future like ESZ6";
    return { kind: "future", symbol: said.symbol, multiplier: said.multiplier };
  }
  if (category === "future-option") return futureOption(said);
  return "an asset category of stocks, funds, options, futures or options on futures, in English";
}

function stockOption(said: IbkrContract): ExportedContract | string {
  const { symbol } = said;
  const multiplier = said.multiplier === 100 ? null : said.multiplier;
  const rest = { multiplier, underlying: said.underlying };
  const found = spelled.exec(symbol);
  const [root = "", date = "", strike = "", right = ""] = found?.slice(1) ?? [];
  const [day, isCall] = [readDay(date), isCallOf(right)];
  const option =
    day !== null && isCall !== null
      ? optionOf({ root, day, isCall, strike: Number(strike), ...rest })
      : optionOfSymbol(symbol, rest);
  if (option === null) return "an option like SPY 31MAR25 570 C, or SPY   250331C00570000";
  const own = option.saturday ?? option.day;
  const agrees =
    (said.expiry === "" || [own, option.day].includes(readDay(said.expiry) ?? Number.NaN)) &&
    (said.strike ?? option.strike) === option.strike &&
    (said.right === "" || isCallOf(said.right) === option.isCall);
  return agrees ? option : `expiry, strike and right of ${option.symbol}`;
}

/** `ESZ6 C6000`: the day of expiry is in a column of its own. */
function futureOption(said: IbkrContract): ExportedContract | string {
  const found = onFuture.exec(said.symbol);
  const day = readDay(said.expiry);
  const strike = said.strike ?? (found === null ? null : Number(found[3]));
  const isCall = isCallOf(said.right === "" ? (found?.[2] ?? "") : said.right);
  const underlying = said.underlying === "" ? (found?.[1] ?? "") : said.underlying;
  if (day === null || strike === null || isCall === null || underlying === "")
    return "an option on a future with the columns expiry, strike and put or call";
  const contradicts = found !== null && (Number(found[3]) !== strike || isCallOf(found[2] ?? "") !== isCall);
  if (contradicts) return `strike and right of ${said.symbol}`;
  return futureOptionOf(said.symbol, { day, isCall, strike, underlying, multiplier: said.multiplier });
}
