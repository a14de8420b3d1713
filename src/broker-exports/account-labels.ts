import { sha256 } from "../basics/sha256.js";

/**
 * How accounts are named in tables and reports, so that no account number leaves its file: `last` = `x` and the last four
 * characters, as brokers shorten them; `hash` = `h` and twelve hexadecimal digits of a SHA-256.
 */
export type AccountLabels = "last" | "hash";

const shortest = 4;
/** A label with more of an account's characters would come close to the account's number. */
const longest = 6;

/**
 * A label for every account of a run. Where two accounts end alike, theirs grow to the left, to six characters at most; where
 * that does not tell them apart, or the file itself shows only the same few of both (`Roth ...123`, `Joint ...123`), six
 * digits of a hash of the whole text do.
 */
export function accountLabels(
  accounts: Iterable<string>,
  kind: AccountLabels = "last",
): ReadonlyMap<string, string> {
  const all = [...new Set(accounts)];
  if (kind === "hash") return new Map(all.map((account) => [account, `h${hashOf(account, 12)}`]));
  const labels = new Map<string, string>();
  const byCore = grouped(all, coreOf);
  for (const [core, alike] of byCore)
    if (alike.length > 1) for (const account of alike) labels.set(account, hashed(core, account));
  let open = [...byCore].flatMap(([core, [account, second]]) =>
    account === undefined || second !== undefined ? [] : [{ core, account }],
  );
  for (let length = shortest; length <= longest; length++) {
    const sharing = grouped(byCore.keys(), (core) => core.slice(-length));
    const isTold = ({ core }: { core: string }): boolean =>
      core.length <= length || sharing.get(core.slice(-length))?.length === 1;
    for (const each of open.filter(isTold)) labels.set(each.account, `x${each.core.slice(-length)}`);
    open = open.filter((each) => !isTold(each));
  }
  for (const { core, account } of open) labels.set(account, hashed(core, account));
  return labels;
}

function hashed(core: string, account: string): string {
  return `x${core.slice(-shortest)}-${hashOf(account, 6)}`;
}

/**
 * Makes texts fit to be shown: labels stand in the place of accounts, and runs of digits that are part of one are cut. Cells
 * that have moved may carry them anywhere.
 */
export function accountHider(labels: ReadonlyMap<string, string>): (text: string) => string {
  const numbers = [...labels].filter(([account]) => /\d{3}/.test(account) && account.length > shortest);
  const spelled = numbers.filter(([account]) => /[^A-Za-z0-9]/.test(account));
  const cores = numbers.map(([account]) => coreOf(account)).filter((core) => core.length > shortest);
  const isPart = (run: string): boolean => cores.some((core) => core.includes(run) || run.includes(core));
  return (text) =>
    spelled
      .reduce((left, [account, label]) => left.replaceAll(account, label), text)
      .replaceAll(/[A-Za-z0-9]+/g, (word) => (/\d{3}/.test(word) && labels.get(word)) || word)
      .replaceAll(/\d{5,}/g, (run) => (isPart(run) ? `…${run.slice(-shortest)}` : run));
}

function grouped(texts: Iterable<string>, keyOf: (text: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const text of texts) {
    const group = groups.get(keyOf(text));
    if (group === undefined) groups.set(keyOf(text), [text]);
    else group.push(text);
  }
  return groups;
}

/** The account's number: the last run of three or more digits; else its letters and digits. */
function coreOf(account: string): string {
  return account.match(/\d{3,}/g)?.at(-1) ?? account.replaceAll(/[^A-Za-z0-9]/g, "");
}

function hashOf(account: string, digits: number): string {
  return sha256().update(`plimsoll account ${account}`).digest("hex").slice(0, digits);
}
