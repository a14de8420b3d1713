import { grouped } from "../basics/collections.js";
import type { ClassGroup } from "../risk/grid-set.js";
import { gridEntryOf } from "../rules/grid-entries.js";
import type { GridDocument, Standing } from "../rules/schema.js";
import { classGroupResult, hasUsableHolding, worstScenario } from "./class-group-results.js";
import { withCosts } from "./costs.js";
import type { PortfolioMarginInputs } from "./inputs.js";
import { offsetProfits, worstIndex } from "./offsets.js";
import type {
  ClassGroupResult,
  PortfolioGroupResult,
  ProductGroupResult,
  RuleReference,
  WorstScenario,
} from "./result.js";

/**
 * The portfolio groups of one account, each with its requirement and the tree it rests on:
 * class groups net whole, product groups and portfolio groups offset at the same scenario, and the requirement is
 * the greater of the worst scenario's loss and the sum of the per-contract minimums.
 * FINRA 4210(g)(7), (g)(8).
 *
 * @param rows The account's rows of `totals`, ascending.
 */
export function portfolioGroups(
  rows: readonly number[],
  inputs: PortfolioMarginInputs,
): PortfolioGroupResult[] {
  const placed = rows
    .filter((row) => hasUsableHolding(row, inputs))
    .map((row) => {
      const classGroup = classGroupResult(row, inputs);
      return { classGroup, place: inputs.placeOf(classGroup.id) };
    });
  return grouped(placed, ({ place }) => place.portfolioGroup).map(([id, members]) => {
    const productGroups = grouped(members, ({ place }) => place.productGroup).map(([productId, parts]) =>
      productGroupResult(
        { id: productId, offset: parts[0]?.place.productOffset ?? 1 },
        parts.map((part) => part.classGroup),
        inputs,
      ),
    );
    return portfolioGroupResult(
      { id, offset: members[0]?.place.portfolioOffset ?? 1, productGroups },
      inputs,
    );
  });
}

function portfolioGroupResult(
  group: Pick<PortfolioGroupResult, "id" | "offset" | "productGroups">,
  { scenariosOf, rules }: PortfolioMarginInputs,
): PortfolioGroupResult {
  const { readings } = rules;
  const profit = offsetProfits(
    group.productGroups.map((part) => Float64Array.from(part.profitUsd)),
    group.offset,
    readings.carriedGain,
  );
  const classGroups = group.productGroups.flatMap((part) => part.classGroups);
  const minimumUsd = classGroups.reduce((sum, part) => sum + part.minimumUsd, 0);
  const at = worstIndex(profit);
  const scanLossUsd = Math.max(0, -(profit[at] ?? Number.NaN));
  // By class group the minimums are in the profits already.
  const heldAgainst = readings.minimumPer === "portfolio_group" ? minimumUsd : 0;
  const binding = heldAgainst > scanLossUsd ? "minimum" : scanLossUsd > 0 ? "scan_loss" : "none";
  const result = {
    ...group,
    requirementUsd: Math.max(scanLossUsd, heldAgainst),
    scanLossUsd,
    minimumUsd,
    binding,
    rule: ruleReference(binding === "minimum" ? rules.minimum : movesOf(classGroups, at, rules)),
    worst: worstOfTypes(classGroups, at, scenariosOf),
    profitUsd: [...profit],
  } as const;
  return withCosts(result, readings);
}

/** The moves of the class group that loses most at the worst scenario. */
function movesOf(
  classGroups: readonly ClassGroupResult[],
  at: number,
  rules: PortfolioMarginInputs["rules"],
): GridDocument {
  const profit = (group: ClassGroupResult): number => group.profitUsd[at] ?? Number.NaN;
  const worst = classGroups.toSorted((a, b) => profit(a) - profit(b))[0];
  return gridEntryOf(rules, worst ?? { id: "", portfolioType: "equity" });
}

function ruleReference(figure: {
  source: string;
  paragraph?: string | undefined;
  standing: Standing;
}): RuleReference {
  return { source: figure.source, paragraph: figure.paragraph ?? null, standing: figure.standing };
}

/** Class groups may move differently at one point: the label then says each. */
export function worstOfTypes(
  classGroups: readonly ClassGroup[],
  at: number,
  scenariosOf: PortfolioMarginInputs["scenariosOf"],
): WorstScenario {
  const worst = classGroups.map((group) => ({ id: group.id, ...worstScenario(scenariosOf(group), at) }));
  const [first] = worst;
  if (first === undefined) throw new RangeError("a portfolio group without class groups");
  const { id: _, ...scenario } = first;
  if (worst.every(({ label }) => label === first.label)) return scenario;
  const labels = worst.map(({ id, label }) => `${id} ${label}`);
  return { ...scenario, label: `point ${first.index} (${labels.join("; ")})` };
}

function productGroupResult(
  group: { readonly id: string; readonly offset: number },
  classGroups: readonly ClassGroupResult[],
  { rules: { readings } }: PortfolioMarginInputs,
): ProductGroupResult {
  const parts = classGroups.map(({ profitUsd, minimumUsd }) =>
    readings.minimumPer === "class_group"
      ? Float64Array.from(profitUsd, (profit) => Math.min(profit, -minimumUsd))
      : Float64Array.from(profitUsd),
  );
  const profit = offsetProfits(parts, group.offset, readings.carriedGain);
  return { ...group, profitUsd: [...profit], costUsd: 0, classGroups };
}
