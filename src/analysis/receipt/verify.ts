import { z } from "zod";
import {
  type AccountNode,
  type ClassGroupNode,
  nodeHash,
  type PortfolioGroupNode,
  type PositionNode,
  type ProductGroupNode,
  type Receipt,
  type ReceiptNode,
  receiptSchema,
  rootHash,
  type RunNode,
} from "./document.js";
import { cents, near, nearAll, netted, sameCents, sizeOf, sum } from "./sums.js";

/** What does not hold, and where: the names of the nodes from the run down. */
export interface ReceiptFault {
  readonly path: readonly string[];
  readonly what: string;
}

/**
 * Re-adds a receipt from its leaves to its root, with arithmetic written here and nothing of the engine's: shape, then,
 * node by node from the top, hash and sums. What the receipt cannot show by itself, the profit of a position at a scenario,
 * stands as it is: `--recompute` of the command computes it again.
 *
 * Sums are held to 1e-9 of the amounts added (their own rounding is 1e-16 each); every digit is held by the hashes.
 *
 * @returns the first fault, or `null` where everything holds.
 */
export function verifyReceipt(document: unknown): ReceiptFault | null {
  const read = receiptSchema.safeParse(document);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = (issue?.path ?? []).map(String);
    return { path, what: `shape: ${issue?.message ?? z.prettifyError(read.error)}` };
  }
  const receipt = read.data;
  const fault = nodeFault(receipt.run, [], receipt);
  if (fault !== null) return fault;
  return receipt.root === rootHash(receipt) ? null : { path: [], what: "root: the hash is another one" };
}

function unsound(path: readonly string[]): ReceiptFault {
  return { path, what: "hash: it is not the node's" };
}

/** Children first, so that the fault named is the deepest one: what it spoils above follows from it. */
function nodeFault(node: ReceiptNode, above: readonly string[], receipt: Receipt): ReceiptFault | null {
  const path = [...above, `${node.kind} ${node.id}`];
  if ("children" in node)
    for (const child of node.children) {
      const fault = nodeFault(child, path, receipt);
      if (fault !== null) return fault;
    }
  const what = sumFault(node, receipt);
  if (what !== null) return { path, what };
  return node.hash === nodeHash(node) ? null : unsound(path);
}

type Checks = readonly (readonly [name: string, isHeld: boolean])[];

function sumFault(node: ReceiptNode, receipt: Receipt): string | null {
  const failed = checksOf(node, receipt).find(([, isHeld]) => !isHeld);
  return failed === undefined ? null : `${failed[0]}: it does not follow from what is below`;
}

function checksOf(node: ReceiptNode, receipt: Receipt): Checks {
  switch (node.kind) {
    case "run":
      return runChecks(node);
    case "account":
      return accountChecks(node);
    case "portfolioGroup":
      return portfolioGroupChecks(node, receipt);
    case "productGroup":
      return productGroupChecks(node, receipt);
    case "classGroup":
      return classGroupChecks(node);
    case "position":
      return positionChecks(node, receipt);
    case "notEligible":
      return [
        ["requirementUsd", near(node.requirementUsd, node.shareOfValue * Math.abs(node.marketValueUsd))],
      ];
    case "conversionLoss":
      return [["requirementUsd", near(node.requirementUsd, node.quantity * node.lossPerUnitUsd)]];
    case "strategySide":
      return [["positions", node.positions.length > 0]];
    case "houseTest":
      return [["addedUsd", node.addedUsd >= 0]];
    default:
      return [["kind", false]];
  }
}

function runChecks({ children, ...run }: RunNode): Checks {
  const complete = children.filter((account) => account.status === "complete");
  const total = (of: (account: AccountNode) => number | null): number =>
    cents(sum(complete.map((account) => of(account) ?? Number.NaN)));
  return [
    ["accounts", run.accounts === children.length],
    ["incompleteAccounts", run.incompleteAccounts === children.length - complete.length],
    ["marketValueUsd", run.marketValueUsd === total((account) => account.marketValueUsd)],
    ["cashUsd", run.cashUsd === total((account) => account.cashUsd)],
    ["equityUsd", run.equityUsd === total((account) => account.equityUsd)],
    ["requirementUsd", run.requirementUsd === total((account) => account.requirementUsd)],
  ];
}

function accountChecks(account: AccountNode): Checks {
  const { children } = account;
  const charged = children.map((child) => (child.kind === "houseTest" ? 0 : child.requirementUsd));
  const regulatory: Checks = [["regulatoryUsd", sameCents(account.regulatoryUsd, sum(charged))]];
  const { marketValueUsd, cashUsd, otherEquityUsd, equityUsd, requirementUsd, excessUsd } = account;
  const figures = [marketValueUsd, cashUsd, otherEquityUsd, equityUsd, requirementUsd, excessUsd];
  if (account.status === "incomplete")
    return [...regulatory, ["status", figures.every((figure) => figure === null)]];
  const held = sum(marketValues(account));
  const money = orNaN(cashUsd) + orNaN(otherEquityUsd);
  return [
    ...regulatory,
    ["failures", account.failures.length === 0],
    ["marketValueUsd", sameCents(orNaN(marketValueUsd), held)],
    ["equityUsd", sameCents(orNaN(equityUsd), held + money)],
    ["requirementUsd", requirementHolds(account, orNaN(requirementUsd))],
    ["excessUsd", excessUsd === cents(orNaN(equityUsd) - orNaN(requirementUsd))],
  ];
}

function orNaN(figure: number | null | undefined): number {
  return figure ?? Number.NaN;
}

/** Without house rules the regulatory figure; with them never less, and never less than a test that is compared. */
function requirementHolds({ setBy, regulatoryUsd, children }: AccountNode, requirement: number): boolean {
  if (setBy === null) return requirement === regulatoryUsd;
  const tests = children.filter((child) => child.kind === "houseTest");
  const known = setBy === "regulatory" || tests.some(({ id }) => id === setBy);
  const added = sum(tests.map(({ addedUsd }) => addedUsd));
  return known && requirement >= cents(regulatoryUsd + added);
}

function marketValues({ children }: AccountNode): number[] {
  return children.flatMap((child) => {
    if (child.kind === "notEligible") return [child.marketValueUsd];
    if (child.kind === "strategySide") return child.positions.map(({ marketValueUsd }) => marketValueUsd);
    if (child.kind !== "portfolioGroup") return [];
    const positions = child.children.flatMap((part) => part.children.flatMap((group) => group.children));
    return positions.map(({ marketValueUsd }) => marketValueUsd);
  });
}

function portfolioGroupChecks(group: PortfolioGroupNode, { figures }: Receipt): Checks {
  const profit = netted(
    group.children.map((part) => part.profitUsd),
    group.offset,
    figures.carriedGain,
  );
  const least = Math.min(...group.profitUsd);
  const classGroups = group.children.flatMap((part) => part.children);
  const minimum = sum(classGroups.map((part) => part.minimumUsd));
  const heldAgainst = figures.minimumPer === "portfolio_group" ? group.minimumUsd : 0;
  const loss = Math.max(0, -least);
  const binding = heldAgainst > group.scanLossUsd ? "minimum" : group.scanLossUsd > 0 ? "scan_loss" : "none";
  return [
    ["profitUsd", nearAll(group.profitUsd, profit)],
    ["worst", group.profitUsd.indexOf(least) === group.worst.index - 1],
    ["scanLossUsd", near(group.scanLossUsd, loss)],
    ["minimumUsd", near(group.minimumUsd, minimum)],
    ["requirementUsd", near(group.requirementUsd, Math.max(group.scanLossUsd, heldAgainst))],
    ["binding", group.binding === binding],
    [
      "costUsd",
      near(group.costUsd, sum(group.children.map((part) => part.costUsd)), sizeOf(group.profitUsd)),
    ],
  ];
}

function productGroupChecks(group: ProductGroupNode, { figures }: Receipt): Checks {
  const parts = group.children.map(({ profitUsd, minimumUsd }) =>
    figures.minimumPer === "class_group"
      ? profitUsd.map((profit) => Math.min(profit, -minimumUsd))
      : profitUsd,
  );
  return [
    ["profitUsd", nearAll(group.profitUsd, netted(parts, group.offset, figures.carriedGain))],
    [
      "costUsd",
      near(group.costUsd, sum(group.children.map((part) => part.costUsd)), sizeOf(group.profitUsd)),
    ],
  ];
}

function classGroupChecks({ children, ...group }: ClassGroupNode): Checks {
  const profit = group.profitUsd.map((_, k) =>
    sum(children.map(({ profitUsd }) => profitUsd[k] ?? Number.NaN)),
  );
  const size = Math.max(0, ...children.map(({ profitUsd }) => sizeOf(profitUsd)));
  return [
    ["profitUsd", group.profitUsd.every((each, k) => near(each, profit[k] ?? Number.NaN, size))],
    ["worst", group.profitUsd.indexOf(Math.min(...group.profitUsd)) === group.worst.index - 1],
    ["minimumUsd", near(group.minimumUsd, sum(children.map(({ minimumUsd }) => minimumUsd)))],
    ["costUsd", near(group.costUsd, sum(children.map(({ costUsd }) => costUsd)), size)],
  ];
}

function positionChecks(position: PositionNode, { figures: { minimum } }: Receipt): Checks {
  const { instrument, quantity, multiplier, priceUsd, marketValueUsd } = position;
  const value = instrument === "future" ? 0 : quantity * multiplier * (priceUsd ?? Number.NaN);
  const charge = minimum.perUnitUsd * multiplier * Math.abs(quantity);
  const isCharged =
    minimum.appliesTo === "all" ? instrument !== "share" : instrument === "option" && quantity < 0;
  const isCapped = instrument === "option" && quantity > 0 && minimum.cappedAtLongMarketValue;
  const least = isCharged ? (isCapped ? Math.min(charge, marketValueUsd) : charge) : 0;
  return [
    ["marketValueUsd", near(marketValueUsd, value)],
    // Theoretical values may bring a minimum of their own.
    ["minimumUsd", position.profitSource === "theoretical" || near(position.minimumUsd, least)],
  ];
}
