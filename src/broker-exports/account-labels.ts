import { createHash } from "node:crypto";

/**
 * How accounts are named in tables and reports, so that no account number leaves its file: `last` = `x` and the last four
 * characters, as brokers shorten them; `hash` = `h` and twelve hexadecimal digits of a SHA-256.
 */
export type AccountLabels = "last" | "hash";

const shortest = 4;

/**
 * A label for every account of a run. Where two accounts end alike, theirs grow to the left until they differ; where the
 * file itself shows only the same few characters of both (`Roth ...123`, `Joint ...123`), six digits of a hash of the whole
 * text tell them apart.
 */
export function accountLabels(
  accounts: Iterable<string>,
  kind: AccountLabels = "last",
): ReadonlyMap<string, string> {
  const all = [...new Set(accounts)];
  if (kind === "hash") return new Map(all.map((account) => [account, `h${hashOf(account, 12)}`]));
  return new Map(all.map((account) => [account, lastOf(account, all)]));
}

function lastOf(account: string, all: readonly string[]): string {
  const own = coreOf(account);
  const others = all.filter((each) => each !== account).map(coreOf);
  if (others.includes(own)) return `x${own.slice(-shortest)}-${hashOf(account, 6)}`;
  let length = shortest;
  while (length < own.length && others.some((other) => other.slice(-length) === own.slice(-length))) length++;
  return `x${own.slice(-length)}`;
}

/** The account's number: the last run of three or more digits; else its letters and digits. */
function coreOf(account: string): string {
  return account.match(/\d{3,}/g)?.at(-1) ?? account.replaceAll(/[^A-Za-z0-9]/g, "");
}

function hashOf(account: string, digits: number): string {
  return createHash("sha256").update(`plimsoll account ${account}`).digest("hex").slice(0, digits);
}
