import { formatDay, newYorkDay } from "../basics/dates.js";
import type { RegTRequest } from "../reg-t/account.js";
import type { PairingOptions } from "../reg-t/pairing/index.js";
import type { Run } from "../requirement/run.js";
import type { RegTRules } from "../rules/reg-t.js";

/** What strategy-based margin is computed from. Its day is the one in New York at the as-of time, however that is written. */
export function regTRequest(
  { prepared, book }: Pick<Run, "prepared" | "book">,
  rules: RegTRules,
  pairing: PairingOptions,
): RegTRequest {
  const asOfDay = newYorkDay(prepared.market.asOfMs);
  return { prepared, book, rules, pairing, asOfDay, asOfDate: formatDay(asOfDay) };
}
