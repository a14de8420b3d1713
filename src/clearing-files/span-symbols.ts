import { dayOf, formatDay } from "../basics/dates.js";
import { canonicalOptionSymbol } from "../contracts/option-symbol.js";
import type { ContractText, Values } from "./span-document.js";

const monthLetters = "FGHJKMNQUVXZ";

/** Terms of an option of a SPAN file; `null` each where the file does not say it. */
export interface SpanOptionTerms {
  readonly type: "call" | "put" | null;
  readonly strike: number | null;
  /** Days since 1970-01-01. */
  readonly expiryDay: number | null;
  readonly exercise: "american" | "european" | null;
}

/** A number as XML Schema writes a double; NaN for everything else, infinities too. */
export function numberOf(text: string | null | undefined): number {
  return text !== null && text !== undefined && /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)
    ? Number(text)
    : Number.NaN;
}

/** `YYYYMMDD` or `YYYY-MM-DD`, as days since 1970-01-01; `null` for everything else. */
export function spanDay(text: string | null | undefined): number | null {
  const found = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text ?? "");
  return found === null ? null : dayOf(Number(found[1]), Number(found[2]), Number(found[3]));
}

export function optionTerms({ own, series, family }: ContractText): SpanOptionTerms {
  const right = own.get("o")?.toUpperCase();
  const strike = numberOf(own.get("k"));
  const exercise = family.get("exercise")?.toUpperCase() ?? "";
  const said = (name: string): string | undefined => series?.get(name);
  return {
    type: right === "C" ? "call" : right === "P" ? "put" : null,
    strike: strike > 0 ? strike : null,
    expiryDay: spanDay(said("pe")) ?? spanDay(said("ldot")) ?? spanDay(said("setlDate")),
    exercise: exercise.startsWith("EUR") ? "european" : exercise.startsWith("AMER") ? "american" : null,
  };
}

/**
 * The symbol of a contract. Shares and spot: the product code. Futures: product code, month letter, two digits of the year.
 * Options: the option symbol of 21 characters where it can say them, else product code, day, strike and C or P with
 * blanks between.
 */
export function spanSymbol(contract: ContractText, terms: SpanOptionTerms | null): string {
  const code = contract.family.get("pfCode") ?? "";
  if (terms !== null) return optionName(code, terms);
  const period = /^(\d{4})(\d{2})/.exec(contract.own.get("pe") ?? "");
  const month = monthLetters[Number(period?.[2] ?? 0) - 1];
  if (contract.kind !== "fut" || period === null || month === undefined) return code;
  return `${code}${month}${period[1]?.slice(2)}`;
}

function optionName(code: string, { type, strike, expiryDay }: SpanOptionTerms): string {
  if (expiryDay === null || strike === null || type === null)
    return `${code} ${expiryDay === null ? "?" : formatDay(expiryDay)} ${strike ?? "?"} ${type ?? "?"}`;
  const isCall = type === "call";
  const symbol = canonicalOptionSymbol({ root: code, day: expiryDay, isCall, strike });
  return symbol ?? `${code} ${formatDay(expiryDay)} ${strike} ${isCall ? "C" : "P"}`;
}

/** What identifies a contract inside the file. */
export function contractKey(exchange: string, family: string, contract: string): string {
  return `${exchange}\u0000${family}\u0000${contract}`;
}

export function ownKey({ exchange, family, own }: ContractText): string {
  return contractKey(exchange, family.get("pfId") ?? "", own.get("cId") ?? "");
}

export function underlyingKey(underlying: Values | null): string | null {
  if (underlying === null) return null;
  const said = (name: string): string => underlying.get(name) ?? "";
  return contractKey(said("exch"), said("pfId"), said("cId"));
}
