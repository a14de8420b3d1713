import { Command } from "commander";
import { packageVersion } from "../basics/package-version.js";

const program = new Command("plimsoll")
  .description("US portfolio margin: the requirement of every account, and the reasons for it")
  .version(packageVersion())
  .showHelpAfterError("(run with --help for the options)")
  .addHelpText(
    "after",
    "\nExit codes: 0 done; 1 some rows were not used; 2 wrong use or nothing usable; 3 internal error.",
  )
  .exitOverride((error) => {
    // Asking for help or the version is no mistake; everything else commander refuses is wrong use.
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

/** In the order of the help. Each is loaded when it is asked for: a run does not wait for the others' libraries. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  margin: async () => (await import("./margin.js")).addMarginCommand,
  explain: async () => (await import("./margin.js")).addExplainCommand,
  "reg-t": async () => (await import("./reg-t.js")).addRegTCommand,
  "what-if": async () => (await import("./what-if.js")).addWhatIfCommand,
  stress: async () => (await import("./stress.js")).addStressCommand,
  reconcile: async () => (await import("./reconcile.js")).addReconcileCommand,
  recompute: async () => (await import("./recompute.js")).addRecomputeCommand,
  runs: async () => (await import("./runs.js")).addRunsCommand,
  diff: async () => (await import("./diff.js")).addDiffCommand,
  "read-positions": async () => (await import("./read-positions.js")).addReadPositionsCommand,
  "read-clearing": async () => (await import("./read-clearing.js")).addReadClearingCommand,
  verify: async () => (await import("./verify.js")).addVerifyCommand,
  price: async () => (await import("./option-list.js")).addPriceCommand,
  "implied-volatility": async () => (await import("./option-list.js")).addImpliedVolatilityCommand,
  "risk-array": async () => (await import("./risk-array.js")).addRiskArrayCommand,
  rules: async () => (await import("./rules.js")).addRulesCommand,
};

// A reader that closes the pipe early, as `head` does, ends the program quietly.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 3));

/** A function, for the bundle is no module and cannot await at its top. */
async function run(): Promise<void> {
  const named = process.argv[2] ?? "";
  const asked = Object.hasOwn(commands, named) ? [named] : Object.keys(commands);
  for (const name of asked) (await commands[name]?.())?.(program);
  await program.parseAsync();
}

void run();
