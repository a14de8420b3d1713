import { existsSync, readFileSync } from "node:fs";
import type { RuleSetDocument } from "./schema.js";

/**
 * A built-in rule set as the build has read and checked it, so that a run need not: reading YAML and checking it against the
 * schema takes longer than the margin of a thousand accounts. The files stay the source.
 */
export interface CompiledRuleSet {
  /** The files it was made from, by their place below `sets`. */
  readonly sources: Readonly<Record<string, string>>;
  readonly rules: RuleSet;
}

/** A checked rule set. `hash` is the SHA-256 (hex) of its canonical JSON, so comments do not change it. */
export interface RuleSet extends RuleSetDocument {
  readonly hash: string;
}

/** What a run takes where no rule set is named. */
export const defaultRules = "finra-4210g";

// Data files are read from the source folder both when run from source and when built.
export const setsFolder = new URL("../../src/rules/sets/", import.meta.url);
/** There in what is built, never beside the source. */
const compiledFolder = new URL("../rules/compiled/", import.meta.url);

/** The built-in rule set of this name as it was compiled; null where it was not, or a file has changed since. */
export function compiledRuleSet(name: string): RuleSet | null {
  if (!/^[a-z0-9-]+$/.test(name)) return null;
  const file = new URL(`${name}.json`, compiledFolder);
  if (!existsSync(file)) return null;
  const { sources, rules } = JSON.parse(readFileSync(file, "utf8")) as CompiledRuleSet;
  const isCurrent = Object.entries(sources).every(([path, text]) => {
    const source = new URL(path, setsFolder);
    return existsSync(source) && readFileSync(source, "utf8") === text;
  });
  return isCurrent ? rules : null;
}
