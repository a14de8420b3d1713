// Re-adds a receipt by docs/receipt.md alone: hashes over the canonical form, then the seven sums. It shares no code with any engine.
import { createHash } from "node:crypto";

/** RFC 8785: keys by UTF-16 code units, no blanks, ECMAScript's numbers. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value === 0 ? 0 : value);
  const keys = Object.keys(value).toSorted((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

const sha256 = (value) => createHash("sha256").update(canonical(value)).digest("hex");

export function nodeHash({ children, ...own }) {
  delete own.hash;
  return sha256(children === undefined ? own : { ...own, children: children.map(({ hash }) => hash) });
}

export function rootHash({ run, ...head }) {
  delete head.root;
  return sha256({ ...head, run: run.hash });
}

/** What does not hold, with the names of the nodes down to it; `null` where everything does. */
export function faultOf(receipt) {
  if (receipt?.format !== "plimsoll-receipt/1") return "format: not plimsoll-receipt/1";
  const fault = nodeFault(receipt.run, "", receipt.figures);
  if (fault !== null) return fault;
  return receipt.root === rootHash(receipt) ? null : "root: another hash";
}

function nodeFault(node, above, figures) {
  const path = `${above}/${node.kind} ${node.id}`;
  for (const child of node.children ?? []) {
    const fault = nodeFault(child, path, figures);
    if (fault !== null) return fault;
  }
  const wrong = Object.entries(sumsOf[node.kind]?.(node, figures) ?? { kind: false }).find(
    ([, holds]) => !holds,
  );
  if (wrong !== undefined) return `${path}: ${wrong[0]} does not follow from what is below`;
  return node.hash === nodeHash(node) ? null : `${path}: another hash`;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const size = (values) => Math.max(1, ...values.map(Math.abs));
/** Sums hold to 1e-9 of the amounts added. */
const near = (a, b, scale = 1) => Math.abs(a - b) <= 1e-9 * Math.max(scale, size([a, b]));
const nearAll = (a, b, scale = 1) => a.length === b.length && a.every((value, k) => near(value, b[k], scale));
const cents = (usd) => (Math.sign(usd) * Math.floor(Math.abs(usd) * 100 + 0.5)) / 100;
/** The sum's last bit may stand on either side of half a cent. */
const isCents = (rounded, usd) =>
  [usd, usd * (1 + 1e-12), usd * (1 - 1e-12)].some((x) => cents(x) === rounded);
const least = (values) => values.indexOf(Math.min(...values)) + 1;

function netted(parts, share, carriedGain) {
  return parts[0].map((_, k) => {
    const gains = sum(parts.map((part) => Math.max(part[k], 0)));
    const losses = sum(parts.map((part) => Math.min(part[k], 0)));
    const net = share * gains + losses;
    return carriedGain === "remainder" && net > 0 ? gains + losses / share : net;
  });
}

const sumsOf = {
  position(
    { instrument, quantity, multiplier, priceUsd, profitSource, marketValueUsd, minimumUsd },
    { minimum },
  ) {
    const value = instrument === "future" ? 0 : quantity * multiplier * priceUsd;
    const isCharged =
      minimum.appliesTo === "all" ? instrument !== "share" : instrument === "option" && quantity < 0;
    const charge = isCharged ? minimum.perUnitUsd * multiplier * Math.abs(quantity) : 0;
    const isCapped = minimum.cappedAtLongMarketValue && instrument === "option" && quantity > 0;
    return {
      marketValueUsd: near(marketValueUsd, value),
      minimumUsd:
        profitSource === "theoretical" ||
        near(minimumUsd, isCapped ? Math.min(charge, marketValueUsd) : charge),
    };
  },
  classGroup({ profitUsd, minimumUsd, worst, costUsd, children }) {
    const scale = size(children.flatMap((child) => child.profitUsd));
    return {
      profitUsd: nearAll(
        profitUsd,
        profitUsd.map((_, k) => sum(children.map((child) => child.profitUsd[k]))),
        scale,
      ),
      minimumUsd: near(minimumUsd, sum(children.map((child) => child.minimumUsd))),
      worst: worst.index === least(profitUsd),
      costUsd: near(costUsd, sum(children.map((child) => child.costUsd)), scale),
    };
  },
  productGroup({ profitUsd, offset, costUsd, children }, { carriedGain, minimumPer }) {
    const parts = children.map((child) =>
      minimumPer === "class_group"
        ? child.profitUsd.map((profit) => Math.min(profit, -child.minimumUsd))
        : child.profitUsd,
    );
    return {
      profitUsd: nearAll(profitUsd, netted(parts, offset, carriedGain), size(parts.flat())),
      costUsd: near(costUsd, sum(children.map((child) => child.costUsd)), size(parts.flat())),
    };
  },
  portfolioGroup(group, { carriedGain, minimumPer }) {
    const { profitUsd, offset, worst, scanLossUsd, minimumUsd, requirementUsd, binding, costUsd, children } =
      group;
    const parts = children.map((child) => child.profitUsd);
    const minimums = children.flatMap((child) => child.children).map((child) => child.minimumUsd);
    const held = minimumPer === "portfolio_group" ? minimumUsd : 0;
    return {
      profitUsd: nearAll(profitUsd, netted(parts, offset, carriedGain), size(parts.flat())),
      worst: worst.index === least(profitUsd),
      scanLossUsd: near(scanLossUsd, Math.max(0, -Math.min(...profitUsd))),
      minimumUsd: near(minimumUsd, sum(minimums)),
      requirementUsd: near(requirementUsd, Math.max(scanLossUsd, held)),
      binding: binding === (held > scanLossUsd ? "minimum" : scanLossUsd > 0 ? "scan_loss" : "none"),
      costUsd: near(costUsd, sum(children.map((child) => child.costUsd)), size(profitUsd)),
    };
  },
  notEligible: ({ requirementUsd, shareOfValue, marketValueUsd }) => ({
    requirementUsd: near(requirementUsd, shareOfValue * Math.abs(marketValueUsd)),
  }),
  conversionLoss: ({ requirementUsd, quantity, lossPerUnitUsd }) => ({
    requirementUsd: near(requirementUsd, quantity * lossPerUnitUsd),
  }),
  strategySide: ({ positions }) => ({ positions: positions.length > 0 }),
  houseTest: ({ addedUsd }) => ({ addedUsd: addedUsd >= 0 }),
  account(account) {
    const { status, marketValueUsd, cashUsd, otherEquityUsd, equityUsd, regulatoryUsd, requirementUsd } =
      account;
    const { excessUsd, setBy, failures, children } = account;
    const charged = children.filter(({ kind }) => kind !== "houseTest").map((child) => child.requirementUsd);
    const regulatory = isCents(regulatoryUsd, sum(charged));
    const figures = [marketValueUsd, cashUsd, otherEquityUsd, equityUsd, requirementUsd, excessUsd];
    if (status === "incomplete")
      return { regulatoryUsd: regulatory, status: figures.every((figure) => figure === null) };
    const held = sum(valuesOf(account));
    return {
      regulatoryUsd: regulatory,
      failures: failures.length === 0,
      marketValueUsd: isCents(marketValueUsd, held),
      equityUsd: isCents(equityUsd, held + cashUsd + otherEquityUsd),
      requirementUsd: setBy === null ? requirementUsd === regulatoryUsd : requirementUsd >= regulatoryUsd,
      excessUsd: excessUsd === cents(equityUsd - requirementUsd),
    };
  },
  run({ accounts, incompleteAccounts, children, ...totals }) {
    const complete = children.filter(({ status }) => status === "complete");
    const names = ["marketValueUsd", "cashUsd", "equityUsd", "requirementUsd"];
    return {
      accounts: accounts === children.length,
      incompleteAccounts: incompleteAccounts === children.length - complete.length,
      ...Object.fromEntries(
        names.map((name) => [name, isCents(totals[name], sum(complete.map((account) => account[name])))]),
      ),
    };
  },
};

function valuesOf(node) {
  if (node.kind === "position" || node.kind === "notEligible") return [node.marketValueUsd];
  if (node.kind === "strategySide") return node.positions.map(({ marketValueUsd }) => marketValueUsd);
  return (node.children ?? []).flatMap(valuesOf);
}
