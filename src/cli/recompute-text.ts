import {
  recomputeCauses,
  type RecomputeFinding,
  type RecomputeResult,
} from "../analysis/recompute/result.js";
import { amount, textTable } from "../report/text.js";

/** Findings as a table for a person, largest first, and how often each cause was found. */
export function recomputeText(result: RecomputeResult): string {
  const { findings, seriesCount, explainedCount, toleranceUsd } = result;
  const head = `${explainedCount} of ${seriesCount} series as the model gives them, to USD ${toleranceUsd} a unit.`;
  if (findings.length === 0) return `${head}\n`;
  const counts = recomputeCauses
    .map((cause) => ({ cause, count: findings.filter((finding) => finding.cause === cause).length }))
    .filter(({ count }) => count > 0)
    .map(({ cause, count }) => `${cause} ${count}`);
  const columns = [
    { head: "series", align: "left" as const },
    { head: "size", align: "right" as const },
    { head: "scenario", align: "right" as const },
    { head: "theirs", align: "right" as const },
    { head: "ours", align: "right" as const },
    { head: "likely cause", align: "left" as const },
    { head: "stated -> explains", align: "left" as const },
    { head: "left", align: "right" as const },
  ];
  return `${head}\nLikely causes: ${counts.join(", ")}.\n\n${textTable(columns, findings.map(cellsOf))}\n`;
}

function cellsOf(finding: RecomputeFinding): string[] {
  const { symbol, sizeUsd, scenario, theirsUsd, oursUsd, cause, best } = finding;
  const explains = best === null ? "" : `${shown(best.stated)} -> ${shown(best.tried)}`;
  return [
    symbol,
    amount(sizeUsd, 4),
    String(scenario),
    amount(theirsUsd, 4),
    amount(oursUsd, 4),
    cause,
    cause === "unexplained" ? "" : explains,
    best === null ? "" : amount(best.residualUsd, 4),
  ];
}

function shown(value: string | number | null): string {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : (value ?? "");
}
