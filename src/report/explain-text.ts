import { describeFailure } from "../basics/failure.js";
import type {
  AccountResult,
  ClassGroupResult,
  MarginResult,
  PortfolioGroupResult,
  ProductGroupResult,
} from "../requirement/result.js";
import { bindingReason } from "./margin-text.js";
import { amount, textTable } from "./text.js";

/**
 * One account as a tree that can be re-added by hand: each position's profit at the worst scenario adds up to the
 * class group's, the class groups' to the portfolio group's, and the greater of loss and minimum is charged.
 */
export function explainText(result: MarginResult): string {
  return result.accounts.map((account) => accountText(account, result)).join("\n\n");
}

function accountText(account: AccountResult, result: MarginResult): string {
  return [
    `Account ${account.account}: portfolio margin as of ${result.asOf}, rules ${result.rules.name}, USD`,
    ...account.portfolioGroups.flatMap((group) => ["", ...portfolioGroupLines(group)]),
    ...notEligibleLines(account),
    "",
    ...sumLines(account),
    ...account.failures.map((item) => `  ${item.code}  ${describeFailure(item)}`),
    ...(result.notes.length === 0 ? [] : ["", ...result.notes.map((note) => `Note: ${note}`)]),
  ].join("\n");
}

function notEligibleLines({ notEligible }: AccountResult): string[] {
  if (notEligible.length === 0) return [];
  const lines = notEligible.map(
    (item) =>
      `  ${item.symbol} ${amount(item.quantity, 0)}: ${amount(item.shareOfValue * 100, 0)} % of ${amount(Math.abs(item.marketValueUsd))} = ${amount(item.requirementUsd)}`,
  );
  return ["", "Not margin eligible, outside every group", ...lines];
}

function portfolioGroupLines(group: PortfolioGroupResult): string[] {
  const at = group.worst.index - 1;
  const loss = group.profitUsd[at] ?? Number.NaN;
  const reason =
    bindingReason(group) === "minimum" ? "the minimum, which is greater" : "the loss, which is greater";
  return [
    `Portfolio group ${group.id}: ${amount(group.requirementUsd)}`,
    ...group.productGroups.flatMap((part) => productGroupLines(part, group, at)),
    `  Worst scenario of the group: point ${group.worst.index}, ${group.worst.label}: profit ${amount(loss)}`,
    `  Scan loss ${amount(group.scanLossUsd)}; minimum ${amount(group.minimumUsd)}`,
    `  Requirement ${amount(group.requirementUsd)}: ${reason}`,
  ];
}

function productGroupLines(part: ProductGroupResult, group: PortfolioGroupResult, at: number): string[] {
  const shared = group.productGroups.length > 1 || part.classGroups.length > 1;
  const offset = shared
    ? [
        `  Product group ${part.id}, offset ${part.offset}: profit ${amount(part.profitUsd[at] ?? Number.NaN)}`,
      ]
    : [];
  return [...part.classGroups.flatMap((classGroup) => classGroupLines(classGroup, at)), ...offset];
}

function classGroupLines(group: ClassGroupResult, at: number): string[] {
  const columns = [
    { head: "    position", align: "left" as const },
    { head: "quantity" },
    { head: "price" },
    { head: "market value" },
    { head: "volatility" },
    { head: `profit at point ${at + 1}` },
    { head: "minimum" },
  ];
  const rows = group.positions.map((position) => [
    `    ${position.symbol}`,
    amount(position.quantity, Number.isInteger(position.quantity) ? 0 : 6),
    amount(position.priceUsd, 4),
    amount(position.marketValueUsd),
    position.volatility === null ? "" : `${amount(position.volatility * 100)} %`,
    amount(position.profitUsd[at] ?? Number.NaN),
    amount(position.minimumUsd),
  ]);
  const total = [
    "    netted",
    "",
    "",
    "",
    "",
    amount(group.profitUsd[at] ?? Number.NaN),
    amount(group.minimumUsd),
  ];
  return [
    `  Class group ${group.id} (${group.portfolioType})`,
    ...textTable(columns, [...rows, total]).split("\n"),
    "    profit of the group at every point:",
    ...wrapped(group.profitUsd.map((profit, k) => `${k + 1}: ${amount(profit)}`)),
  ];
}

/** Five points a line: the down side, then the up side of the usual ten. */
function wrapped(cells: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += 5) lines.push(`      ${cells.slice(i, i + 5).join("   ")}`);
  return lines;
}

function sumLines(account: AccountResult): string[] {
  const charged = [...account.portfolioGroups, ...account.notEligible];
  const terms = charged.map((group) => amount(group.requirementUsd)).join(" + ") || "0.00";
  const sum = `Sum: ${terms} = ${amount(account.requirementOfUsedUsd)}`;
  if (account.status === "incomplete")
    return [
      sum,
      "This account is incomplete: the sum leaves out what the following say, so it is not its requirement.",
    ];
  return [
    sum,
    `Requirement ${amount(account.requirementUsd)}`,
    `Equity ${amount(account.equityUsd)} (market value ${amount(account.marketValueUsd)}, cash ${amount(account.cashUsd)})`,
    `Excess ${amount(account.excessUsd)}`,
  ];
}
