import type { Contract, Sources } from "./contract-sources.js";
import { nothingSaid } from "./option-row.js";
import type { OptionSymbol } from "./option-symbol.js";
import { exerciseOf, standardUnits, underlyingOf } from "./unsaid-terms.js";

/** What options of one root have in common where the options table says nothing of their terms. */
export interface OptionFamily {
  readonly root: string;
  readonly underlying: string;
  readonly isAmerican: boolean;
  readonly multiplier: number;
  /** By day of expiry: the instant; NaN where it has passed. */
  readonly expiryMs: (day: number) => number;
}

/** Null where each option of the root has to be looked at for itself: nobody knows its underlying, or not of all. */
export function optionFamily(parsed: OptionSymbol, sources: Sources): OptionFamily | null {
  const root = sources.optionRoot(parsed.root);
  const underlying = underlyingOf(parsed, { ...nothingSaid, delivered: null }, sources);
  const kind = typeof underlying === "string" ? sources.underlyingKind(underlying, null) : undefined;
  if (typeof underlying !== "string" || kind === undefined) return null;
  const known = new Map<number, number>();
  return {
    root: parsed.root,
    underlying,
    isAmerican: exerciseOf(root, kind) === "american",
    multiplier: standardUnits(underlying, kind, sources),
    expiryMs: (day) => {
      const seen = known.get(day);
      if (seen !== undefined) return seen;
      const instant = sources.expiryInstant(day, root?.settlement ?? "pm");
      const usable = instant < sources.asOfMs ? Number.NaN : instant;
      known.set(day, usable);
      return usable;
    },
  };
}

/**
 * The contract of an option of the family whose row of the options table, if it has one, says nothing of its terms; null where it
 * has expired.
 */
export function memberTerms(option: MemberOption, optionRow: number, family: OptionFamily): Contract | null {
  const expiryMs = family.expiryMs(option.expiryDay);
  if (Number.isNaN(expiryMs)) return null;
  const { underlying, isAmerican, multiplier } = family;
  return {
    underlying,
    isOption: true,
    isCall: option.isCall,
    isAmerican,
    strike: option.strike,
    expiryMs,
    multiplier,
    quoteMultiplier: multiplier,
    isFuture: false,
    isUnlisted: false,
    optionRow,
  };
}

type MemberOption = Pick<OptionSymbol, "expiryDay" | "isCall" | "strike">;
