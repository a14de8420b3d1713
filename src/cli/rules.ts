import type { Command } from "commander";
import { textTable } from "../report/text.js";
import { builtInRuleSets, builtInRuleText, loadRuleSet } from "../rules/load.js";
import { loadRegTRules, regTName, regTText } from "../rules/reg-t.js";
import { guarded, writeResult } from "./output.js";

export function addRulesCommand(program: Command): void {
  program
    .command("rules")
    .description("the built-in rule sets; with a name, the file to edit")
    .argument("[name]", "a built-in rule set, or the path of a rule file to check")
    .option("--json", "the rule set, or the list, as JSON")
    .option("--out <file>", "write the result to a file")
    .action(async (name: string | undefined, options: { json?: boolean; out?: string }) =>
      guarded(() => {
        writeResult(name === undefined ? ruleList(options.json) : ruleText(name, options.json), options.out);
        return Promise.resolve(0 as const);
      }),
    );
}

function ruleList(json: boolean | undefined): string {
  const sets = [...builtInRuleSets().map((name) => loadRuleSet(name)), loadRegTRules()];
  if (json)
    return JSON.stringify(
      sets.map(({ name, title, effective, hash }) => ({ name, title, effective, hash })),
      null,
      1,
    );
  const columns = (["name", "title", "effective"] as const).map((head) => ({ head, align: "left" as const }));
  return textTable(
    columns,
    sets.map(({ name, title, effective }) => [name, title, effective]),
  );
}

/** A built-in set prints as its file, comments and all; a user's file is checked and printed as it was understood. */
function ruleText(name: string, json: boolean | undefined): string {
  if (name === regTName) return json ? JSON.stringify(loadRegTRules(), null, 1) : regTText();
  const isBuiltIn = builtInRuleSets().includes(name);
  const rules = loadRuleSet(name);
  return isBuiltIn && !json ? builtInRuleText(name) : JSON.stringify(rules, null, 1);
}
