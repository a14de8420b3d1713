import { type Command, Option } from "commander";
import type { Failure } from "../basics/failure.js";
import { type CsvCell, csvText } from "../report/csv.js";
import { amount, textTable } from "../report/text.js";
import { readTable } from "../tables/read-tables.js";
import type { TableName } from "../tables/table.js";
import type { DividendModel } from "../valuation/escrowed.js";
import { impliedVolatilityRows, type OptionListRequest, priceOptions } from "../valuation/option-list.js";
import { type Accuracy, Valuation } from "../valuation/valuation.js";
import { expandedFiles } from "./files.js";
import { exitCodeOf, guarded, writeFailures, writeResult } from "./output.js";
import { dividendModelOption } from "./table-options.js";

interface OptionListOptions {
  readonly json?: boolean;
  readonly format?: "table" | "csv";
  readonly out?: string;
  readonly accuracy: Accuracy;
  readonly dividendModel: DividendModel;
}

/** A command that takes a list of options and answers one row each, in the order of the list. */
interface OptionListCommand {
  readonly name: string;
  readonly description: string;
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly run: (
    request: OptionListRequest,
    valuation: Valuation,
  ) => { rows: readonly object[]; failures: Failure[] };
}

export function addPriceCommand(program: Command): void {
  addOptionListCommand(program, {
    name: "price",
    description: "values and Greeks of a list of options",
    table: "contracts",
    columns: ["id", "value", "delta", "gamma", "vega", "theta", "rho", "status"],
    run: priceOptions,
  });
}

export function addImpliedVolatilityCommand(program: Command): void {
  addOptionListCommand(program, {
    name: "implied-volatility",
    description: "volatilities of a list of quotes, with a status for each",
    table: "quotes",
    columns: ["id", "volatility", "status"],
    run: impliedVolatilityRows,
  });
}

function addOptionListCommand(program: Command, command: OptionListCommand): void {
  program
    .command(command.name)
    .description(command.description)
    .argument("<files...>", "the list, CSV or JSON (columns: docs/file-formats.md)")
    .addOption(new Option("--format <format>", "form of the result").choices(["table", "csv"]))
    .option("--json", "the rows as JSON")
    .option("--out <file>", "write the result to a file")
    .addOption(
      new Option("--accuracy <accuracy>", "how exactly American options are valued")
        .choices(["default", "reference"])
        .default("default"),
    )
    .addOption(dividendModelOption())
    .action(async (files: string[], options: OptionListOptions) =>
      guarded(async () => {
        const { table, failures } = readTable(command.table, await expandedFiles(files));
        const { accuracy, dividendModel } = options;
        const result = command.run({ table, accuracy, dividendModel }, await Valuation.load());
        writeResult(rendered(result.rows, command.columns, options), options.out);
        const all = [...failures, ...result.failures];
        writeFailures(all);
        return exitCodeOf(all);
      }),
    );
}

function rendered(rows: readonly object[], columns: readonly string[], options: OptionListOptions): string {
  if (options.json) return JSON.stringify(rows, null, 1);
  const cells = rows.map((row) => columns.map((name) => (row as Record<string, CsvCell>)[name] ?? null));
  if (options.format === "csv") return csvText(columns, cells);
  return textTable(
    columns.map((head) => ({ head, align: head === "id" || head === "status" ? "left" : "right" })),
    cells.map((row) => row.map((cell) => (typeof cell === "string" ? cell : amount(cell, 6)))),
  );
}
