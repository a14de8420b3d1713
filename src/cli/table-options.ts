import { type Command, Option } from "commander";
import { failure, MarginError } from "../basics/failure.js";
import type { AccountLabels } from "../broker-exports/account-labels.js";
import { type BrokerFormat, brokerFormats } from "../broker-exports/formats.js";
import type { DividendModel } from "../valuation/escrowed.js";

/** The options that every command with tables shares. */
export interface TableOptions {
  readonly positions?: string[];
  readonly positionsFormat?: BrokerFormat;
  readonly accountLabels?: AccountLabels;
  readonly underlyings?: string[];
  readonly options?: string[];
  readonly accounts?: string[];
  readonly dividends?: string[];
  readonly rates?: string[];
  readonly theoretical?: string[];
  readonly asOf?: string;
  readonly rules?: string;
  readonly dividendModel: DividendModel;
}

/** The model of cash dividends, by name; never chosen by anything else. */
export function dividendModelOption(): Option {
  return new Option("--dividend-model <model>", "how cash dividends enter a price: docs/numerics.md")
    .choices(["spot", "escrowed"])
    .default("spot");
}

/** How accounts of a broker's export are named. */
export function accountLabelsOption(): Option {
  return new Option(
    "--account-labels <kind>",
    "accounts of an export: x and their last four characters, or a hash",
  )
    .choices(["last", "hash"])
    .default("last");
}

/** Adds `[snapshot]` and the table options to a command. */
export function withTables(command: Command): Command {
  return command
    .argument("[snapshot]", "one JSON file with every table")
    .option("--positions <files...>", "positions table (CSV, JSON, NDJSON, Parquet, Arrow; globs allowed)")
    .addOption(
      new Option(
        "--positions-format <name>",
        "positions are a broker's exports: docs/broker-exports.md",
      ).choices(brokerFormats),
    )
    .addOption(accountLabelsOption())
    .option("--underlyings <files...>", "underlyings table")
    .option("--options <files...>", "options table")
    .option("--accounts <files...>", "accounts table")
    .option("--dividends <files...>", "dividends table")
    .option("--rates <files...>", "rates table, or one continuously compounded rate per year")
    .option("--theoretical <files...>", "theoretical values, used instead of the model")
    .option("--as-of <time>", "as-of time, ISO 8601 with a zone")
    .option("--rules <name>", "built-in rule set or path of a rule file (default: finra-4210g)")
    .addOption(dividendModelOption());
}

export function usage(message: string): MarginError {
  return new MarginError([failure("USAGE", { value: message })]);
}
