import type { ComparedMarginResult } from "../analysis/compare-reg-t.js";
import type { RegTAccountResult, RegTReport } from "../analysis/reg-t-report.js";
import type { DayTradingRegime, RegTGroup, RegTResult } from "../reg-t/result.js";
import { failuresText } from "../report/margin-text.js";
import { amount, textTable } from "../report/text.js";

/** Every account's figures, and the strategies that they are the sums of. */
export function regTText(report: RegTReport): string {
  const columns = [
    { head: "account", align: "left" as const },
    { head: "initial" },
    { head: "proceeds" },
    { head: "initial call" },
    { head: "maintenance" },
    { head: "haircut" },
    { head: "comparable" },
    { head: "lower bound" },
    { head: "proven", align: "left" as const },
  ];
  return [
    `Strategy-based margin as of ${report.asOf}, rules ${report.rules.name}, USD`,
    "",
    textTable(columns, report.accounts.map(accountRow)),
    ...report.accounts.flatMap(strategyLines),
    ...report.notes.map((note) => `\nNote: ${note}`),
    ...(report.failures.length === 0 ? [] : ["", failuresText(report.failures)]),
  ].join("\n");
}

function accountRow({ account, regT }: RegTAccountResult): string[] {
  if (regT === null) return [account, "incomplete", "", "", "", "", "", "", ""];
  const {
    initialUsd,
    proceedsUsd,
    initialCallUsd,
    maintenanceUsd,
    haircutUsd,
    comparableUsd,
    lowerBoundUsd,
  } = regT;
  const figures = [
    initialUsd,
    proceedsUsd,
    initialCallUsd,
    maintenanceUsd,
    haircutUsd,
    comparableUsd,
    lowerBoundUsd,
  ];
  return [account, ...figures.map((figure) => amount(figure)), regT.proven ? "yes" : "no"];
}

function strategyLines({ account, regT }: RegTAccountResult): string[] {
  if (regT === null || regT.groups.length === 0) return [];
  const columns = [
    { head: "  strategy", align: "left" as const },
    { head: "legs", align: "left" as const },
    { head: "maintenance" },
    { head: "haircut" },
    { head: "rule", align: "left" as const },
  ];
  const rows = regT.groups.map((group) => [
    `  ${group.strategy}`,
    legsText(group),
    amount(group.maintenanceUsd),
    amount(group.haircutUsd),
    group.rule,
  ]);
  return ["", `${account}:`, textTable(columns, rows), ...equityLines(regT)];
}

/** What an account whose cash is given has beside its requirement. */
function equityLines({ equityUsd, excessUsd, minimumEquity, dayTrading, unverified }: RegTResult): string[] {
  const { applies, leastUsd, shortfallUsd } = minimumEquity;
  const isShort = applies && shortfallUsd !== null && shortfallUsd > 0;
  return [
    ...(equityUsd === null ? [] : [`  Margin equity ${amount(equityUsd)}, excess ${amount(excessUsd)}`]),
    ...(isShort ? [`  Minimum equity ${amount(leastUsd)}: ${amount(shortfallUsd)} short of it`] : []),
    ...(equityUsd === null ? [] : dayTrading.map((each) => `  ${dayTradingText(each)}`)),
    ...(unverified.length === 0 ? [] : [`  Unverified figures: ${unverified.join(", ")}`]),
  ];
}

function dayTradingText(regime: DayTradingRegime): string {
  if (regime.regime === "intraday_margin_standard")
    return `Intraday margin level ${amount(regime.marginLevelUsd)}, small deficits up to ${amount(regime.smallDeficitUsd)}`;
  const { shortfallUsd, minimumEquityUsd, buyingPowerUsd, restrictedBuyingPowerUsd } = regime;
  if (shortfallUsd !== 0)
    return `Pattern day trader: ${amount(shortfallUsd)} short of the minimum equity of ${amount(minimumEquityUsd)}`;
  return `Pattern day trader: buying power ${amount(buyingPowerUsd)}, restricted ${amount(restrictedBuyingPowerUsd)}`;
}

function legsText({ legs }: RegTGroup): string {
  return legs.map(({ symbol, quantity }) => `${quantity > 0 ? "+" : ""}${quantity} ${symbol}`).join(", ");
}

/** Both numbers of every account, and why each is what it is. */
export function comparedText(result: ComparedMarginResult): string {
  const head = [
    { head: "account", align: "left" as const },
    { head: "class group", align: "left" as const },
    { head: "strategy-based" },
    { head: "portfolio" },
    { head: "difference" },
    { head: "lower", align: "left" as const },
  ];
  const rows = result.accounts.flatMap(({ account, comparison }) => {
    if (comparison === null) return [[account, "", "incomplete", "", "", ""]];
    const { regTUsd, portfolioUsd, differenceUsd, lower, classGroups } = comparison;
    const total = [
      account,
      "",
      amount(regTUsd),
      amount(portfolioUsd),
      amount(differenceUsd),
      lowerText[lower],
    ];
    const parts = classGroups.map((part) => [
      "",
      part.classGroup,
      amount(part.regTUsd),
      amount(part.portfolioUsd),
      amount(part.differenceUsd),
      lowerText[part.lower],
    ]);
    return parts.length > 1 ? [total, ...parts] : [total];
  });
  const reasons = result.accounts.flatMap(({ account, comparison }) =>
    comparison === null
      ? []
      : [
          "",
          account,
          `  Strategy-based: ${comparison.regTReason}`,
          `  Portfolio: ${comparison.portfolioReason}`,
        ],
  );
  return [
    `Strategy-based and portfolio margin as of ${result.asOf}, rules ${result.rules.name}, USD`,
    "",
    textTable(head, rows),
    ...reasons,
    ...result.notes.map((note) => `\nNote: ${note}`),
    ...(result.failures.length === 0 ? [] : ["", failuresText(result.failures)]),
  ].join("\n");
}

const lowerText = { reg_t: "strategy-based", portfolio: "portfolio", equal: "equal" } as const;
