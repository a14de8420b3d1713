import { type Command, Option } from "commander";
import { type CsvCell, csvText } from "../report/csv.js";
import { riskArrayCells, riskArrayObjects } from "../report/risk-array-rows.js";
import { amount, textTable } from "../report/text.js";
import { loadEngine } from "./late-engine.js";
import { exitCodeOf, guarded, writeFailures, writeResult } from "./output.js";
import { readTables } from "./given-tables.js";
import { type TableOptions, withTables } from "./table-options.js";

interface RiskArrayOptions extends TableOptions {
  readonly json?: boolean;
  readonly format?: "table" | "csv";
  readonly out?: string;
}

export function addRiskArrayCommand(program: Command): void {
  withTables(program.command("risk-array"))
    .description("profit of one long contract at every scenario, in the form of the theoretical values table")
    .addOption(new Option("--format <format>", "form of the result").choices(["table", "csv"]))
    .option("--json", "the rows as JSON")
    .option("--out <file>", "write the result to a file")
    .action(async (snapshot: string | undefined, options: RiskArrayOptions) =>
      guarded(async () => {
        const read = await readTables(snapshot, options);
        const engine = await loadEngine();
        const { rows, scenarioCount, failures } = engine.riskArrays(read, {
          rules: options.rules,
          dividendModel: options.dividendModel,
        });
        const text = options.json
          ? JSON.stringify(riskArrayObjects(rows, scenarioCount), null, 1)
          : tableOrCsv(riskArrayCells(rows, scenarioCount), options.format ?? "table");
        writeResult(text, options.out);
        writeFailures(failures);
        return exitCodeOf(failures);
      }),
    );
}

function tableOrCsv([head, cells]: [string[], CsvCell[][]], format: "table" | "csv"): string {
  if (format === "csv") return csvText(head, cells);
  const columns = head.map((name, i) => ({
    head: name,
    align: i === 0 ? ("left" as const) : ("right" as const),
  }));
  return textTable(
    columns,
    cells.map((row) => row.map((cell) => (typeof cell === "number" ? amount(cell, 4) : (cell ?? "")))),
  );
}
