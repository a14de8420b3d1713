#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addDiffCommand } from "./diff.js";
import { addExplainCommand, addMarginCommand } from "./margin.js";
import { addImpliedVolatilityCommand, addPriceCommand } from "./option-list.js";
import { addReadPositionsCommand } from "./read-positions.js";
import { addReconcileCommand } from "./reconcile.js";
import { addRegTCommand } from "./reg-t.js";
import { addRiskArrayCommand } from "./risk-array.js";
import { addRulesCommand } from "./rules.js";
import { addStressCommand } from "./stress.js";
import { addVerifyCommand } from "./verify.js";
import { addWhatIfCommand } from "./what-if.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const program = new Command("plimsoll")
  .description("US portfolio margin: the requirement of every account, and the reasons for it")
  .version(version)
  .showHelpAfterError("(run with --help for the options)")
  .addHelpText(
    "after",
    "\nExit codes: 0 done; 1 some rows were not used; 2 wrong use or nothing usable; 3 internal error.",
  )
  .exitOverride((error) => {
    // Asking for help or the version is no mistake; everything else commander refuses is wrong use.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

addMarginCommand(program);
addExplainCommand(program);
addRegTCommand(program);
addWhatIfCommand(program);
addStressCommand(program);
addReconcileCommand(program);
addDiffCommand(program);
addReadPositionsCommand(program);
addVerifyCommand(program);
addPriceCommand(program);
addImpliedVolatilityCommand(program);
addRiskArrayCommand(program);
addRulesCommand(program);

// A reader that closes the pipe early, as `head` does, ends the program quietly.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 3));

await program.parseAsync();
