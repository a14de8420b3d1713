import type { AccountFigures, WhatIfResult } from "../analysis/what-if.js";
import { failuresText } from "../report/margin-text.js";
import { amount, textTable } from "../report/text.js";

/** Trades, the account's figures before and after, and what each class group costs. */
export function whatIfText(result: WhatIfResult): string {
  const notes = result.notes.map((note) => `Note: ${note}`);
  return [
    `Account ${result.account}: what if, as of ${result.asOf}, rules ${result.rules.name}, USD`,
    "",
    ...result.trades.map(
      ({ symbol, quantity, priceUsd, cashUsd }) =>
        `  ${quantity > 0 ? "buy" : "sell"} ${amount(Math.abs(quantity), Number.isInteger(quantity) ? 0 : 6)} ${symbol} at ${amount(priceUsd, 4)}: cash ${amount(cashUsd)}`,
    ),
    "",
    changeTable(
      "",
      [
        figures("equity", "equityUsd"),
        figures("requirement", "requirementUsd"),
        figures("excess", "excessUsd"),
      ].map((row) => row(result)),
    ),
    "",
    changeTable(
      "class group",
      result.classGroups.map(({ id, beforeUsd, afterUsd, differenceUsd }) => [
        id,
        beforeUsd,
        afterUsd,
        differenceUsd,
      ]),
    ),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    ...(result.failures.length === 0 ? [] : ["", failuresText(result.failures)]),
  ].join("\n");
}

type Row = readonly [string, number | null, number | null, number | null];

function figures(name: string, key: keyof AccountFigures): (result: WhatIfResult) => Row {
  return ({ before, after, difference }) => [name, before[key], after[key], difference[key]];
}

function changeTable(head: string, rows: readonly Row[]): string {
  const columns = [
    { head, align: "left" as const },
    { head: "before" },
    { head: "after" },
    { head: "difference" },
  ];
  return textTable(
    columns,
    rows.map(([name, ...values]) => [name, ...values.map((value) => amount(value))]),
  );
}
