// Reads and checks the built-in rule sets once, when they are built: src/rules/compiled.ts. Run by `npm run build`.
import { mkdirSync, writeFileSync } from "node:fs";
import { builtInRuleSets, compileRuleSet } from "../dist/rules/load.js";

const folder = new URL("../dist/rules/compiled/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const name of builtInRuleSets())
  writeFileSync(new URL(`${name}.json`, folder), JSON.stringify(compileRuleSet(name)));
