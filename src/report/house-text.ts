import type { HouseTestResult } from "../requirement/house/result.js";
import type { AccountResult, MarginResult } from "../requirement/result.js";
import { amount } from "./text.js";

/** Whether the rule set of a result has house rules. */
export function hasHouseRules(result: Pick<MarginResult, "accounts">): boolean {
  return result.accounts.some((account) => account.houseTests !== undefined);
}

/** Every house test of an account, for `explain`. */
export function houseLines({ houseTests = [] }: AccountResult): string[] {
  if (houseTests.length === 0) return [];
  return ["House tests", ...houseTests.flatMap(testLines), ""];
}

function testLines(found: HouseTestResult): string[] {
  const { source, paragraph, standing } = found.rule;
  const cited = `${paragraph === null ? source : `${source} ${paragraph}`}, ${standing}`;
  const mark = found.binding ? "* " : "  ";
  return [
    `${mark}${found.id} (${found.kind}): ${figuresText(found)}${found.reason} (${cited})`,
    ...found.details.map((detail) => `      ${detail}`),
    ...found.sizes.flatMap(({ classGroup, size, nextTier }) =>
      nextTier === null
        ? []
        : [`      ${classGroup}: ${plain(size)}, the next tier begins at ${plain(nextTier)}`],
    ),
    ...found.pointsOfNoReturn.map(
      ({ classGroup, down, up }) =>
        `      ${classGroup} point of no return: down ${pointText(down)}, up ${pointText(up)}`,
    ),
  ];
}

function figuresText({ requirementUsd, lossUsd, limitUsd, worst }: HouseTestResult): string {
  const parts = [
    ...(requirementUsd === null ? [] : [amount(requirementUsd)]),
    ...(lossUsd === null ? [] : [`loss ${amount(lossUsd)}, limit ${amount(limitUsd)}`]),
    ...(worst === null ? [] : [`at ${worst}`]),
  ];
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

/** Four significant digits: a size of a position, as a fraction or in days. */
function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function pointText(move: number | null): string {
  return move === null ? "beyond twice the expected range" : `${amount(Math.abs(move) * 100)} %`;
}

/** What sets the requirement, and what it would be without house rules: `house test x; regulatory 1,500.00`. */
export function bindingText({ binding, regulatoryRequirementUsd = null }: AccountResult): string {
  if (binding === undefined || binding === null) return "";
  const who = binding === "regulatory" ? "the regulatory requirement" : `house test ${binding}`;
  return `${who}; regulatory ${amount(regulatoryRequirementUsd)}`;
}

/** What a reader of the ranking must see at once, a line each: tests that raise a requirement, limits that are broken. */
export function houseNotices(accounts: readonly AccountResult[]): string[] {
  const lines = accounts.flatMap(({ account, houseTests = [] }) =>
    houseTests.flatMap((found) => {
      const isBroken = (found.excessUsd ?? 0) > 0;
      if (!found.binding && !isBroken && found.status !== "not_computed") return [];
      return [`  ${account}: ${found.id}: ${figuresText(found)}${found.reason}`];
    }),
  );
  const rest = lines.length - maxShown;
  const more = rest > 0 ? [`  … and ${rest} more (--json lists all)`] : [];
  return lines.length === 0 ? [] : ["", "House tests", ...lines.slice(0, maxShown), ...more];
}

const maxShown = 50;
