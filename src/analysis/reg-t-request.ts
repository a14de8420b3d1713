import { formatDay, newYorkDay } from "../basics/dates.js";
import type { RegTRequest } from "../reg-t/account.js";
import type { AccountTerms } from "../reg-t/account-equity.js";
import { readConversions } from "../reg-t/conversions.js";
import { lastDayWithin } from "../reg-t/nine-months.js";
import type { PairingOptions } from "../reg-t/pairing/index.js";
import { positionTerms } from "../reg-t/position-terms.js";
import type { Run } from "../requirement/run.js";
import type { RegTRules } from "../rules/reg-t.js";

/** What strategy-based margin is computed from. Its day is the one in New York at the as-of time, however that is written. */
export function regTRequest(
  { prepared, book }: Pick<Run, "prepared" | "book">,
  rules: RegTRules,
  pairing: PairingOptions,
): RegTRequest {
  const asOfDay = newYorkDay(prepared.market.asOfMs);
  const lastShortDay = lastDayWithin(asOfDay, rules.longOptions.overMonths);
  return { prepared, book, rules, pairing, terms: new Map(), lastShortDay, asOfDate: formatDay(asOfDay) };
}

/** The same with what the input tables say of positions and conversions. */
export function fullRegTRequest(run: Run, rules: RegTRules, pairing: PairingOptions): RegTRequest {
  const { positions, underlyings } = run.request.tables;
  return {
    ...regTRequest(run, rules, pairing),
    positionTerms: positionTerms(positions),
    conversions: readConversions(underlyings),
  };
}

/** Type and cash of every account of the accounts table. */
export function accountTerms({ request, money }: Run): (account: string) => AccountTerms {
  const { accounts } = request.tables;
  const types = accounts.text("type");
  const cash = new Set(accounts.text("account").filter((_, row) => types[row] === "cash"));
  return (account) => ({ isCash: cash.has(account), cashUsd: money.get(account)?.cash ?? null });
}
