import {
  type DiffAccount,
  type DiffChange,
  type DiffInput,
  type DiffResult,
  type DiffSide,
  type DiffStep,
  diffSteps,
  type GroupBasis,
  type MovedGroup,
} from "../analysis/diff/result.js";
import { amount, textTable } from "../report/text.js";

/** Each account: the steps from A's requirement to B's, what moved, and the split by class group and position. */
export function diffText(result: DiffResult, sources: { readonly a: string; readonly b: string }): string {
  const { a, b, arrivals, inputs, accounts, totals } = result;
  return [
    "Why the requirement changed, from A to B, USD",
    sideLine("A", sources.a, a),
    sideLine("B", sources.b, b),
    ...accounts.flatMap((account) => ["", ...accountText(account)]),
    ...(totals.compared + totals.incomplete > 1 ? ["", ...totalsText(result)] : []),
    ...inputsText(inputs),
    ...(arrivals.length === 0
      ? []
      : ["", `Not in A's market, so B's from the first step: ${arrivals.join(", ")}`]),
  ].join("\n");
}

function sideLine(name: string, source: string, { asOf, rules, inputHash }: DiffSide): string {
  return `  ${name}  ${source}, as of ${asOf}, rules ${rules.name}, input ${inputHash.slice(0, 12)}`;
}

function accountText(account: DiffAccount): string[] {
  const { account: name, note, onlyIn, aUsd, bUsd, differenceUsd } = account;
  if (account.status === "incomplete") {
    const failures = [...account.failures.a, ...account.failures.b];
    const named = [...new Set(failures.map(({ code, message }) => `  ${code}  ${message}`))];
    return [`Account ${name}: not compared, ${note ?? ""}`, ...named];
  }
  const only = onlyIn === null ? "" : `, only in ${onlyIn.toUpperCase()}`;
  return [
    `Account ${name}${only}: ${amount(aUsd)} in A, ${amount(bUsd)} in B, difference ${amount(differenceUsd)}`,
    "",
    stepTable(account),
    ...notesOf(account),
    ...positionsText(account),
    ...partsText(account),
  ];
}

/** The two steps that few books have are shown where they have an input or an amount. */
function isShown({ step, isChanged, amountUsd }: DiffStep): boolean {
  const isRare = step === "terms" || step === "theoretical_values";
  return !isRare || isChanged || amountUsd !== 0;
}

function stepTable({ aUsd, bUsd, differenceUsd, steps, groups }: DiffAccount): string {
  const columns = [
    { head: "step", align: "left" as const },
    { head: "amount" },
    { head: "requirement" },
    { head: "worst scenario", align: "left" as const },
  ];
  const standing = (side: "a" | "b"): string =>
    groups.flatMap((group) => basisText(group.id, group[side]) ?? []).join("; ");
  return textTable(columns, [
    ["A", "", amount(aUsd), standing("a")],
    ...steps
      .filter(isShown)
      .map((step) => [
        nameOf(step.step),
        amount(step.amountUsd),
        amount(step.requirementUsd),
        [
          ...(step.isChanged ? [] : ["input unchanged"]),
          ...step.moved.map(movedText),
          ...setByText(step),
        ].join("; "),
      ]),
    ["B", amount(differenceUsd), amount(bUsd), standing("b")],
  ]);
}

function nameOf(step: string): string {
  return step.replaceAll("_", " ");
}

function basisText(id: string, basis: GroupBasis | null): string | null {
  return basis === null ? null : `${id} ${scenario(basis)}`;
}

function scenario({ worst, binding }: GroupBasis): string {
  if (binding === "minimum") return "minimum";
  return binding === "none" ? "no loss" : worst.label;
}

function movedText({ id, before, after }: MovedGroup): string {
  const [was, is] = [before, after].map((basis) => (basis === null ? "not held" : scenario(basis)));
  return was === is ? `${id} ${was}, at another point` : `${id} ${was} → ${is}`;
}

function setByText({ setBy }: DiffStep): string[] {
  return setBy === null ? [] : [`set by ${setBy.before} → ${setBy.after}`];
}

function notesOf({ steps }: DiffAccount): string[] {
  return steps.flatMap(({ step, note }) =>
    note === null ? [] : [`${nameOf(step)}: ${note}; its amount is in the next step that has one`],
  );
}

function positionsText({ positions }: DiffAccount): string[] {
  if (positions.length === 0) return [];
  const rows = positions.map(({ symbol, state, before, after }) => [
    symbol,
    state,
    quantity(before),
    quantity(after),
  ]);
  const columns = [
    { head: "position", align: "left" as const },
    { head: "", align: "left" as const },
    { head: "A" },
    { head: "B" },
  ];
  return ["", textTable(columns, rows)];
}

function quantity(value: number): string {
  return amount(value, Number.isInteger(value) ? 0 : 6);
}

/** One row for each part and its positions, one column for each step that moved any. */
function partsText({ steps }: DiffAccount): string[] {
  const moving = steps.filter(({ parts }) => parts.length > 0);
  if (moving.length === 0) return [];
  const rows = new Map<string, { name: string; amounts: number[] }>();
  moving.forEach(({ parts }, column) => {
    const add = (key: string, name: string, usd: number): void => {
      const row = rows.get(key) ?? { name, amounts: moving.map(() => 0) };
      row.amounts[column] = usd;
      rows.set(key, row);
    };
    for (const { kind, id, amountUsd, positions } of parts) {
      const key = kind === "house" ? "house" : `${kind}\u0000${id}`;
      add(key, partName(kind, id), amountUsd);
      for (const { symbol, amountUsd: usd } of positions) add(`${key}\u0000${symbol}`, `  ${symbol}`, usd);
    }
  });
  const columns = [
    { head: "class group, position", align: "left" as const },
    ...moving.map(({ step }) => ({ head: nameOf(step) })),
    { head: "sum" },
  ];
  const table = [...rows]
    .toSorted(([x], [y]) => (x < y ? -1 : 1))
    .map(([, { name, amounts }]) => [name, ...amounts.map((usd) => amount(usd)), amount(sumOf(amounts))]);
  return ["", textTable(columns, table)];
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, usd) => sum + Math.round(usd * 100), 0) / 100;
}

function partName(kind: string, id: string): string {
  const names: Readonly<Record<string, string>> = {
    notEligible: `${id}, not eligible`,
    conversionLoss: `${id}, conversion loss`,
    strategySide: "strategy-based margin",
    house: "house rules",
  };
  return names[kind] ?? id;
}

function totalsText({ totals }: DiffResult): string[] {
  const rows = diffSteps.flatMap((step, i) => {
    const usd = totals.steps[i]?.amountUsd ?? 0;
    return (step === "terms" || step === "theoretical_values") && usd === 0
      ? []
      : [[nameOf(step), amount(usd)]];
  });
  const without = totals.incomplete === 0 ? "" : `, without ${totals.incomplete} that are incomplete`;
  return [
    `All ${totals.compared} accounts compared${without}`,
    textTable(
      [{ head: "step", align: "left" }, { head: "amount" }],
      [["A", amount(totals.aUsd)], ...rows, ["B", amount(totals.bUsd)]],
    ),
  ];
}

const maxChanges = 12;

function inputsText(inputs: readonly DiffInput[]): string[] {
  return inputs.flatMap(({ step, changes }) => [
    "",
    `Input of ${nameOf(step)}:`,
    ...changes.slice(0, maxChanges).map((change) => `  ${changeText(change)}`),
    ...(changes.length > maxChanges
      ? [`  … and ${changes.length - maxChanges} more (--json lists all)`]
      : []),
  ]);
}

function changeText({ what, id, before, after }: DiffChange): string {
  return `${id === "" ? "" : `${id} `}${what} ${shown(before)} → ${shown(after)}`;
}

function shown(value: string | number | null): string {
  return typeof value === "number" ? String(Number(value.toPrecision(10))) : (value ?? "none");
}
