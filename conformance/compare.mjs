// What a case asks of a run: exit code, failure codes, figures, and the receipt.
import { faultOf } from "./verify.mjs";

/**
 * @param given the case
 * @param found status, stdout, stderr and receipt (null where none was written) of the command
 * @param expected the receipt that belongs to the case, null where it has none
 * @returns one sentence for each thing that is otherwise
 */
export function compareCase(given, found, expected) {
  const { status, stderr, receipt } = found;
  const faults = [];
  const same = (what, is, wanted) => {
    if (JSON.stringify(is) !== JSON.stringify(wanted))
      faults.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
  };
  same("exit code", status, given.exit ?? 0);
  same("codes", codesOf(stderr), (given.codes ?? []).toSorted());
  if (given.regT !== undefined) return [...faults, ...regTFaults(given.regT, found.stdout)];
  if (given.expected === undefined) {
    if (receipt !== null) faults.push("a receipt was written");
    return faults;
  }
  if (receipt === null) return [...faults, `no receipt: ${stderr.trim()}`];
  faults.push(
    ...Object.entries(given.expected).flatMap(([name, wanted]) => accountFaults(name, wanted, receipt)),
  );
  same(
    "accounts",
    receipt.run?.children?.map(({ id }) => id),
    Object.keys(given.expected).toSorted(),
  );
  const fault = faultOf(receipt);
  if (fault !== null) faults.push(`the receipt does not hold: ${fault}`);
  if (expected === null) return [...faults, "the kit has no receipt for this case"];
  if (given.exact === true) same("hash of the tree", receipt.run?.hash, expected.run.hash);
  const other = firstOther(receipt.run, expected.run, "run");
  return other === null ? faults : [...faults, `the receipt differs: ${other}`];
}

/** Codes at the beginnings of lines, each once, in order. */
function codesOf(stderr) {
  const codes = stderr.split("\n").flatMap((line) => /^([A-Z]+(?:_[A-Z]+)*)\s/.exec(line)?.[1] ?? []);
  return distinct(codes);
}

const distinct = (texts) => [...new Set(texts)].toSorted((a, b) => (a < b ? -1 : 1));

const within = (is, wanted, tolerance) =>
  is === wanted || (typeof is === "number" && Math.abs(is - wanted) <= tolerance);

function accountFaults(name, { withinUsd = 0, codes = [], groups = {}, ...figures }, { run }) {
  const node = run.children.find(({ id }) => id === name);
  if (node === undefined) return [`${name}: not in the receipt`];
  const faults = Object.entries(figures)
    .filter(([key, wanted]) => !within(node[key], wanted, withinUsd))
    .map(([key, wanted]) => `${name} ${key}: ${node[key]}, not ${wanted}`);
  const found = distinct(node.failures.map(({ code }) => code));
  if (JSON.stringify(found) !== JSON.stringify(codes))
    faults.push(`${name} codes: ${found.join()}, not ${codes.join()}`);
  for (const [id, wanted] of Object.entries(groups)) {
    const group = node.children.find((child) => child.kind === "portfolioGroup" && child.id === id);
    const { binding, ...worst } = wanted;
    if (group === undefined) faults.push(`${name}: no portfolio group ${id}`);
    else if (group.binding !== binding)
      faults.push(`${name} ${id} binding: ${group.binding}, not ${binding}`);
    else
      for (const [key, value] of Object.entries(worst))
        if (!within(group.worst[key], value, 1e-12))
          faults.push(`${name} ${id} worst ${key}: ${group.worst[key]}, not ${value}`);
  }
  return faults;
}

function regTFaults(expected, stdout) {
  const accounts = JSON.parse(stdout || "{}").accounts ?? [];
  return Object.entries(expected).flatMap(([name, figures]) => {
    const found = accounts.find(({ account }) => account === name)?.regT;
    return Object.entries(figures)
      .filter(([key, wanted]) => found?.[key] !== wanted)
      .map(([key, wanted]) => `${name} ${key}: ${found?.[key]}, not ${wanted}`);
  });
}

/** Hashes follow from the rest; these are words in which implementations may differ. */
const free = new Set(["hash", "label", "rule", "reason", "unverified", "notes", "value", "strategies"]);

/** The first place where two trees differ: numbers by more than 1e-9 of the amounts beside them, anything else at all. */
function firstOther(is, wanted, path, scale = 1) {
  if (typeof is === "number" && typeof wanted === "number")
    return Math.abs(is - wanted) <= 1e-9 * Math.max(scale, Math.abs(wanted))
      ? null
      : `${path} ${is}, not ${wanted}`;
  if (is === null || wanted === null || typeof is !== "object" || typeof wanted !== "object")
    return is === wanted ? null : `${path} ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`;
  const beside = Math.max(
    scale,
    ...Object.values(wanted)
      .filter((value) => typeof value === "number")
      .map(Math.abs),
  );
  const keys = new Set([...Object.keys(is), ...Object.keys(wanted)].filter((key) => !free.has(key)));
  for (const key of keys) {
    const other = firstOther(is[key] ?? null, wanted[key] ?? null, `${path}.${key}`, beside);
    if (other !== null) return other;
  }
  return null;
}
