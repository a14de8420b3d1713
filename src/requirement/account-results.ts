import { sum } from "../basics/collections.js";
import { type Failure, failure } from "../basics/failure.js";
import { roundToCents } from "../basics/money.js";
import { netClassGroups } from "../risk/class-groups.js";
import { failuresByAccount } from "./account-failures.js";
import { conversionLosses, notEligiblePositions, strategySide } from "./charges.js";
import { sumGreeks } from "./greeks.js";
import { type HouseLayer, prepareHouse } from "./house/house-layer.js";
import type { PortfolioMarginInputs } from "./inputs.js";
import { unverifiedFigures } from "./notes.js";
import { portfolioGroups } from "./portfolio-margin.js";
import type {
  AccountResult,
  ConversionLossResult,
  NotEligibleResult,
  PortfolioGroupResult,
  StrategySideResult,
} from "./result.js";
import type { Run } from "./run.js";

/** Every account of the run, in the book's order, as a tree. */
export function accountResults(run: Run): AccountResult[] {
  const { request, prepared, book } = run;
  const inputs = marginInputs(run, outsideGroups(prepared));
  const { totals } = inputs;
  const rowsOf = Array.from({ length: book.accounts.length }, (): number[] => []);
  totals.account.forEach((account, row) => rowsOf[account]?.push(row));
  const failures = failuresByAccount(run);
  const prepareOwn = run.house === undefined ? prepareHouse(run) : run.house;
  const house = prepareOwn === null ? null : prepareOwn(inputs);
  return book.accounts.flatMap((account, i) => {
    if (request.account !== undefined && account !== request.account) return [];
    const rows = rowsOf[i] ?? [];
    const marketValue = marketValueOf(rows, inputs);
    const groups = portfolioGroups(rows, inputs);
    const notEligible = notEligiblePositions(rows, inputs, run);
    const losses = conversionLosses(rows, inputs);
    const side = strategySide(rows, inputs, run);
    const unverified = unverifiedFigures(request.rules, prepared, contractRows(rows, inputs));
    const parts = { account, rows, groups, notEligible, losses, side, marketValue, unverified, house };
    return [accountResult({ ...parts, failures: failures.get(account) ?? [] }, run)];
  });
}

/** By contract row: 1 = in no group; neither what a failure names nor what is not eligible is. */
export function outsideGroups({ unusable, notEligible }: Run["prepared"]): Uint8Array {
  return unusable.map((bad, row) => bad | (notEligible[row] ?? 0));
}

/** @param unusable {@link outsideGroups} */
export function marginInputs(
  { request: { rules }, prepared, book, placeOf }: Pick<Run, "request" | "prepared" | "book" | "placeOf">,
  unusable: Uint8Array,
): PortfolioMarginInputs {
  return {
    ...prepared,
    unusable,
    book,
    totals: netClassGroups({ ...prepared, unusable, book, minimum: rules.minimum }),
    placeOf,
    scenariosOf: (group) => prepared.grids.gridOf(group).scenarios,
    rules,
  };
}

/** Summed as the requirement is: within each portfolio group by product group and class group, then over the groups. */
function marketValueOf(rows: readonly number[], inputs: PortfolioMarginInputs): number {
  const placed = rows.map((row) => {
    const id = inputs.classGroups[inputs.totals.classGroup[row] ?? -1]?.id ?? "";
    const { portfolioGroup, productGroup } = inputs.placeOf(id);
    return { row, portfolioGroup, productGroup };
  });
  const groups = [...new Set(placed.map(({ portfolioGroup }) => portfolioGroup))].toSorted();
  const ofGroup = (group: string): number[] =>
    placed
      .filter(({ portfolioGroup }) => portfolioGroup === group)
      .toSorted((a, b) =>
        a.productGroup < b.productGroup ? -1 : a.productGroup > b.productGroup ? 1 : a.row - b.row,
      )
      .flatMap(({ row }) => [...marketValues(row, inputs)]);
  return sum(groups.map((group) => sum(ofGroup(group))));
}

function marketValues(row: number, { totals }: PortfolioMarginInputs): Float64Array {
  return totals.holdingMarketValue.subarray(totals.holdingStart[row], totals.holdingStart[row + 1]);
}

function contractRows(rows: readonly number[], { totals, book }: PortfolioMarginInputs): number[] {
  return rows.flatMap((row) => [
    ...book.contract.subarray(totals.holdingStart[row], totals.holdingStart[row + 1]),
  ]);
}

interface AccountParts {
  readonly account: string;
  readonly rows: readonly number[];
  readonly groups: readonly PortfolioGroupResult[];
  readonly notEligible: readonly NotEligibleResult[];
  readonly losses: readonly ConversionLossResult[];
  readonly side: StrategySideResult | null;
  readonly marketValue: number;
  readonly unverified: readonly string[];
  readonly failures: readonly Failure[];
  readonly house: HouseLayer | null;
}

function accountResult(parts: AccountParts, run: Run): AccountResult {
  const { account, groups, notEligible, losses, side, marketValue } = parts;
  const money = run.money.get(account) ?? { cash: 0, equityOther: 0 };
  const equity = roundToCents(marketValue + money.cash + money.equityOther);
  const failures = [...parts.failures, ...refusedUnlisted({ account, equity, groups }, run)];
  const beside = [...notEligible, ...losses, ...(side === null ? [] : [side])];
  const charged = [...groups, ...beside];
  const used = roundToCents(sum(charged.map((part) => part.requirementUsd)));
  const classGroups = groups.flatMap((group) => group.productGroups.flatMap((part) => part.classGroups));
  const greeks = sumGreeks(classGroups.map((classGroup) => classGroup.greeks));
  const tree = {
    account,
    unverified: parts.unverified,
    requirementOfUsedUsd: used,
    greeks,
    portfolioGroups: groups,
    notEligible,
    conversionLosses: losses,
    strategySide: side,
    failures,
  };
  const regulatory = {
    ...tree,
    status: "complete",
    marketValueUsd: roundToCents(marketValue),
    cashUsd: money.cash,
    otherEquityUsd: money.equityOther,
    equityUsd: equity,
    requirementUsd: used,
    excessUsd: roundToCents(equity - used),
  } as const;
  const isComplete = failures.length === 0;
  if (parts.house === null) return isComplete ? regulatory : { ...tree, status: "incomplete", ...noFigures };
  if (!isComplete) return { ...tree, status: "incomplete", ...noFigures, ...noHouseFigures };
  const besideUsd = sum(beside.map((part) => part.requirementUsd));
  const figures = { account, rows: parts.rows, equityUsd: equity, besideUsd, regulatoryUsd: used };
  return withHouse(regulatory, parts.house(figures));
}

/** The house figure applies; where it cannot be told the account is incomplete, though its regulatory figure stands. */
function withHouse(
  account: AccountResult & { readonly equityUsd: number },
  { figures, houseTests, failures, unverified }: ReturnType<HouseLayer>,
): AccountResult {
  const all = {
    ...account,
    ...figures,
    houseTests: houseTests(),
    unverified: [...account.unverified, ...unverified],
  };
  const { houseRequirementUsd } = figures;
  if (houseRequirementUsd === null)
    return { ...all, status: "incomplete", ...noFigures, failures: [...account.failures, ...failures] };
  return {
    ...all,
    requirementUsd: houseRequirementUsd,
    excessUsd: roundToCents(account.equityUsd - houseRequirementUsd),
  };
}

/** Unlisted derivatives of an account whose equity does not reach what they need. FINRA 4210(g)(4)(C). */
function refusedUnlisted(
  { account, equity, groups }: Pick<AccountParts, "account" | "groups"> & { readonly equity: number },
  { request, prepared }: Run,
): Failure[] {
  const least = request.rules.unlistedDerivatives?.minimumEquityUsd ?? 0;
  if (equity >= least) return [];
  const { contracts } = prepared;
  return groups
    .flatMap((group) => group.productGroups.flatMap((part) => part.classGroups))
    .flatMap((classGroup) => classGroup.positions.map(({ symbol }) => symbol))
    .filter((symbol) => contracts.isUnlisted[contracts.rowOf.get(symbol) ?? -1] === 1)
    .map((symbol) =>
      failure("UNLISTED_REFUSED", {
        value: symbol,
        expected: `equity of at least ${least} USD; it is ${equity}`,
        symbol,
        account,
      }),
    );
}

const noFigures = {
  marketValueUsd: null,
  cashUsd: null,
  otherEquityUsd: null,
  equityUsd: null,
  requirementUsd: null,
  excessUsd: null,
} as const;

const noHouseFigures = {
  regulatoryRequirementUsd: null,
  houseRequirementUsd: null,
  initialRequirementUsd: null,
  binding: null,
  houseTests: [],
} as const;
