import { describeFailure } from "../basics/failure.js";
import { unverifiedNotes } from "../requirement/notes.js";
import type {
  AccountGreeks,
  AccountResult,
  ClassGroupResult,
  MarginResult,
  NetGreeks,
  PortfolioGroupResult,
  ProductGroupResult,
  RuleReference,
} from "../requirement/result.js";
import { bindingText, houseLines } from "./house-text.js";
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
    ...conversionLines(account),
    ...strategyLines(account),
    "",
    `Net Greeks: ${greeksText(account.greeks)}`,
    ...sumLines(account),
    ...account.failures.map((item) => `  ${item.code}  ${describeFailure(item)}`),
    ...noteLines(account, result),
  ].join("\n");
}

/** The run's notes; of the unverified figures only those that this account rests on. */
function noteLines(
  { unverified }: AccountResult,
  { notes, rules, unverified: ofRun }: MarginResult,
): string[] {
  const common = unverifiedNotes(rules, ofRun);
  const shown = [...notes.filter((note) => !common.includes(note)), ...unverifiedNotes(rules, unverified)];
  return shown.length === 0 ? [] : ["", ...shown.map((note) => `Note: ${note}`)];
}

function notEligibleLines({ notEligible }: AccountResult): string[] {
  if (notEligible.length === 0) return [];
  const lines = notEligible.map(
    (item) =>
      `  ${item.symbol} ${amount(item.quantity, 0)}: ${amount(item.shareOfValue * 100, 0)} % of ${amount(Math.abs(item.marketValueUsd))} = ${amount(item.requirementUsd)}`,
  );
  return ["", "Not margin eligible, outside every group", ...lines];
}

function conversionLines({ conversionLosses }: AccountResult): string[] {
  if (conversionLosses.length === 0) return [];
  const lines = conversionLosses.map(
    (item) =>
      `  ${item.symbol} ${amount(item.quantity, 0)}: ${amount(item.lossPerUnitUsd, 4)} above its shares = ${amount(item.requirementUsd)}`,
  );
  return ["", "Conversion losses", ...lines];
}

function strategyLines({ strategySide }: AccountResult): string[] {
  if (strategySide === null) return [];
  const held = strategySide.positions.map(
    ({ symbol, quantity, marketValueUsd }) =>
      `  ${symbol} ${amount(quantity, 0)}, market value ${amount(marketValueUsd)}`,
  );
  return [
    "",
    "Not eligible, at strategy-based margin, apart from everything else",
    ...held,
    ...strategySide.strategies.map((strategy) => `  ${strategy}`),
    `  Requirement ${amount(strategySide.requirementUsd)}`,
  ];
}

function portfolioGroupLines(group: PortfolioGroupResult): string[] {
  const at = group.worst.index - 1;
  const loss = group.profitUsd[at] ?? Number.NaN;
  return [
    `Portfolio group ${group.id}: ${amount(group.requirementUsd)}`,
    ...group.productGroups.flatMap((part) => productGroupLines(part, at)),
    ...offsetLines(`Portfolio group ${group.id}`, group, { parts: group.productGroups, at }),
    `  Worst scenario of the group: ${worstText(group)}: profit ${amount(loss)}`,
    `  Scan loss ${amount(group.scanLossUsd)}; minimum ${amount(group.minimumUsd)}`,
    `  Requirement ${amount(group.requirementUsd)}: ${reasons[group.binding]} (${ruleText(group.rule)})`,
  ];
}

/** A label over several class groups names its point already. */
function worstText({ worst }: PortfolioGroupResult): string {
  const point = `point ${worst.index}`;
  return worst.label.startsWith(point) ? worst.label : `${point}, ${worst.label}`;
}

const reasons = {
  scan_loss: "the loss, which is greater",
  minimum: "the minimum, which is greater",
  none: "no scenario loses, and there is no minimum",
} as const;

/** `F1 (g)(2)(F), confirmed`: keys of `sources` in the rule set's file. */
function ruleText({ source, paragraph, standing }: RuleReference): string {
  return `${paragraph === null ? source : `${source} ${paragraph}`}, ${standing}`;
}

function productGroupLines(part: ProductGroupResult, at: number): string[] {
  return [
    ...part.classGroups.flatMap((classGroup) => classGroupLines(classGroup, at)),
    ...offsetLines(`Product group ${part.id}`, part, { parts: part.classGroups, at }),
  ];
}

interface Level {
  readonly offset: number;
  readonly profitUsd: readonly number[];
}

/** What the parts of one level lose and gain at the worst scenario, and what the offset makes of it. */
function offsetLines(
  name: string,
  level: Level,
  {
    parts,
    at,
  }: { readonly parts: readonly { readonly profitUsd: readonly number[] }[]; readonly at: number },
): string[] {
  const profits = parts.map((part) => part.profitUsd[at] ?? Number.NaN);
  if (parts.length < 2 && profits[0] === level.profitUsd[at]) return [];
  const losses = profits.reduce((total, profit) => total + Math.min(profit, 0), 0);
  const gains = profits.reduce((total, profit) => total + Math.max(profit, 0), 0);
  return [
    `  ${name}, point ${at + 1}: losses ${amount(losses)}, gains ${amount(gains)} at offset ${level.offset}: profit ${amount(level.profitUsd[at] ?? Number.NaN)}`,
  ];
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
    { head: "cost" },
  ];
  const rows = group.positions.map((position) => [
    `    ${position.symbol}`,
    amount(position.quantity, Number.isInteger(position.quantity) ? 0 : 6),
    amount(position.priceUsd, 4),
    amount(position.marketValueUsd),
    position.volatility === null ? "" : `${amount(position.volatility * 100)} %`,
    amount(position.profitUsd[at] ?? Number.NaN),
    amount(position.minimumUsd),
    amount(position.costUsd),
  ]);
  const netted = [group.profitUsd[at] ?? Number.NaN, group.minimumUsd, group.costUsd];
  const total = ["    netted", "", "", "", "", ...netted.map((value) => amount(value))];
  return [
    `  Class group ${group.id} (${group.portfolioType})`,
    ...textTable(columns, [...rows, total]).split("\n"),
    "    profit of the group at every point:",
    ...wrapped(group.profitUsd.map((profit, k) => `${k + 1}: ${amount(profit)}`)),
    `    ${greeksText(group.greeks, deltaText(group.greeks))}`,
  ];
}

/** Vega a volatility point and theta a day: the units in which they are spoken of. */
function greeksText(greeks: AccountGreeks, delta = ""): string {
  return [
    `delta ${delta}${per(greeks.deltaUsd, 100)} USD a 1 % move`,
    `gamma ${per(greeks.gammaUsd, 100)} more USD a 1 % move`,
    `vega ${per(greeks.vegaUsd, 100)} a volatility point`,
    `theta ${per(greeks.thetaUsd, daysPerYear)} a day`,
  ].join("; ");
}

function per(value: number | null, divisor: number): string {
  return amount(value === null ? null : value / divisor);
}

/** `99.84 SPX = `: delta in shares or index points. */
function deltaText({ deltaShares, deltaSymbol }: NetGreeks): string {
  return deltaSymbol === null ? "" : `${amount(deltaShares)} ${deltaSymbol} = `;
}

const daysPerYear = 365;

/** Five points a line: the down side, then the up side of the usual ten. */
function wrapped(cells: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += 5) lines.push(`      ${cells.slice(i, i + 5).join("   ")}`);
  return lines;
}

function sumLines(account: AccountResult): string[] {
  const { portfolioGroups, notEligible, conversionLosses, strategySide } = account;
  const beside = strategySide === null ? [] : [strategySide];
  const charged = [...portfolioGroups, ...notEligible, ...conversionLosses, ...beside];
  const terms = charged.map((group) => amount(group.requirementUsd)).join(" + ") || "0.00";
  const sum = `Sum: ${terms} = ${amount(account.requirementOfUsedUsd)}`;
  if (account.status === "incomplete") return [sum, ...incompleteLines(account)];
  const setBy = bindingText(account);
  return [
    sum,
    ...houseLines(account),
    `Requirement ${amount(account.requirementUsd)}${setBy === "" ? "" : `: ${setBy}`}`,
    ...initialLines(account),
    `Equity ${amount(account.equityUsd)} (market value ${amount(account.marketValueUsd)}, cash ${amount(account.cashUsd)})`,
    `Excess ${amount(account.excessUsd)}`,
  ];
}

/** Where only a house test lacks something, the sum is still the regulatory requirement. */
function incompleteLines(account: AccountResult): string[] {
  if ((account.regulatoryRequirementUsd ?? null) === null)
    return [
      "This account is incomplete: the sum leaves out what the following say, so it is not its requirement.",
    ];
  return [
    ...houseLines(account),
    "This account is incomplete: the sum is its regulatory requirement, but a house test lacks a figure.",
  ];
}

function initialLines({ initialRequirementUsd = null, requirementUsd }: AccountResult): string[] {
  if (initialRequirementUsd === null || initialRequirementUsd === requirementUsd) return [];
  return [`Initial requirement ${amount(initialRequirementUsd)}, for opening trades`];
}
