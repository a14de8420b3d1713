import type { Failure } from "../basics/failure.js";
import { quotedPrice } from "../contracts/contract-master.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { CsvCell } from "./csv.js";

/** One contract of a risk array in the form of the theoretical values table. */
export interface RiskArrayRow {
  readonly symbol: string;
  /** Profit or loss per long contract before the multiplier of its quotes: p1 … pN. */
  readonly profits: readonly number[];
  /** USD per unit by the model. */
  readonly close: number;
  /** `null` for shares. */
  readonly volatility: number | null;
  readonly classGroup: string;
  /** USD per contract before the cap at a long position's value; 0 for shares. */
  readonly minimum: number;
}

/** Risk arrays in the form of the theoretical values table, with what could not be valued. */
export interface RiskArraysResult {
  readonly scenarioCount: number;
  readonly rows: readonly RiskArrayRow[];
  readonly failures: readonly Failure[];
}

/** The usable contracts in code-unit order of their symbols. */
export function riskArrayRows(prepared: PreparedRisk, minimumPerUnitUsd: number): RiskArrayRow[] {
  const { contracts, arrays, classGroups, classOrder, unusable } = prepared;
  const n = arrays.scenarioCount;
  return contracts.symbols.flatMap((symbol, row) => {
    if (unusable[row] === 1) return [];
    const multiplier = contracts.quoteMultiplier[row] ?? Number.NaN;
    const isOption = contracts.isOption[row] === 1;
    const profits = Array.from(
      arrays.profit.subarray(row * n, (row + 1) * n),
      (profit) => profit / multiplier,
    );
    return [
      {
        symbol,
        profits,
        close: quotedPrice(arrays.value[row] ?? Number.NaN, row, contracts),
        volatility: isOption ? (arrays.volatility[row] ?? Number.NaN) : null,
        classGroup: classGroups[classOrder[row] ?? -1]?.id ?? "",
        minimum: isOption || contracts.isFuture[row] === 1 ? minimumPerUnitUsd * multiplier : 0,
      },
    ];
  });
}

/** Header and cells with the column names of the theoretical values table. */
export function riskArrayCells(
  rows: readonly RiskArrayRow[],
  scenarioCount: number,
): [string[], CsvCell[][]] {
  const points = Array.from({ length: scenarioCount }, (_, s) => `p${s + 1}`);
  const head = ["symbol", ...points, "close", "volatility", "class_group", "minimum"];
  const cells = rows.map((row) => [
    row.symbol,
    ...row.profits,
    row.close,
    row.volatility,
    row.classGroup,
    row.minimum,
  ]);
  return [head, cells];
}

/** The same rows as objects with the table's column names, for JSON. */
export function riskArrayObjects(
  rows: readonly RiskArrayRow[],
  scenarioCount: number,
): Record<string, CsvCell>[] {
  const [head, cells] = riskArrayCells(rows, scenarioCount);
  return cells.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? null])));
}
