import { type ExportedContract, isCallOf, optionOf, stockOf, tickerOf } from "./contract-name.js";
import { monthOf, readDay } from "./days.js";
import { rootOf } from "./index-roots.js";

const leg =
  /^(\d+) (?:\(([^)]+)\) )?(\d{1,2} [A-Z]{3} \d{2})(?: \(([^)]+)\))? (\d+(?:\.\d+)?|\.\d+) (CALL|PUT)$/;
const futureDelivery = /, ([A-Z][a-z]{2})-(\d{2})(?: \(prev\. \/([A-Z0-9]+)\))?$/;
const futureSymbol = /^\/([A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2})(?::[A-Z]+)?$/;
const monthLetters = "FGHJKMNQUVXZ";
const weeklyTags = ["weeklys", "quarterlys", "eom", "end of month"];

/**
 * The contract of a row below the heading of `underlying`.
 *
 * @param shown The row's text: a leg, a month of a future, or the name of the company; `null` for the heading itself.
 * @returns what was expected, where the row does not say which contract it is.
 */
export function contractOfDetail(underlying: string, shown: string | null): ExportedContract | string {
  if (shown !== null && / (?:CALL|PUT)$/.test(shown)) return optionOfLeg(underlying, shown);
  if (underlying.startsWith("/")) return futureOf(underlying, shown);
  return stockOf(underlying) ?? "the heading of an underlying, as SPY or BRK/B";
}

function optionOfLeg(underlying: string, shown: string): ExportedContract | string {
  const found = leg.exec(shown);
  if (found === null || underlying.startsWith("/"))
    return "a leg like 100 (Weeklys) 31 MAY 22 4650 PUT; options on futures do not state their day of expiry";
  const [multiplier = "", before, date = "", after, strike = "", right = ""] = found.slice(1);
  const tag = (before ?? after)?.toLowerCase();
  if (tag !== undefined && !weeklyTags.includes(tag))
    return `a leg without (${before ?? after}), or with (Weeklys)`;
  const [day, isCall] = [readDay(date), isCallOf(right)];
  if (day === null || isCall === null) return "a leg like 100 (Weeklys) 31 MAY 22 4650 PUT";
  const root = rootOf(underlying, day, tag !== undefined);
  if (root === null) return `a third Friday: a leg of ${underlying} on another day is one of its weekly root`;
  const told = Number(multiplier);
  const option = optionOf({
    root,
    day,
    isCall,
    strike: Number(strike),
    multiplier: told === 100 ? null : told,
  });
  return option ?? `a root of at most six letters, found ${tickerOf(underlying) ?? underlying}`;
}

/** `/MES` with `Micro E-mini S&P 500, Mar-22 (prev. /MESH2)` is MESH22; a heading may be the contract itself, `/ESZ26`. */
function futureOf(underlying: string, shown: string | null): ExportedContract | string {
  const expected = "a future with its month, as /ESZ26 or E-mini S&P 500, Dec-26";
  if (shown === null) {
    const symbol = futureSymbol.exec(underlying)?.[1];
    return symbol === undefined ? expected : { kind: "future", symbol, multiplier: null };
  }
  const found = futureDelivery.exec(shown);
  if (found === null) return expected;
  const [name = "", year = "", known] = found.slice(1);
  const letter = monthLetters[(monthOf(name) ?? 0) - 1];
  const root =
    futureSymbol.exec(underlying)?.[1]?.replace(/[A-Z]\d{1,2}$/, "") ??
    /^\/([A-Z0-9]+)/.exec(underlying)?.[1] ??
    "";
  const symbol = `${root}${letter}${year}`;
  const agrees = known === undefined || known === symbol || known === `${root}${letter}${year.slice(1)}`;
  return letter !== undefined && agrees ? { kind: "future", symbol, multiplier: null } : expected;
}
