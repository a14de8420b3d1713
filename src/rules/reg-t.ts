import { readFileSync } from "node:fs";
import { MarginError } from "../basics/failure.js";
import { type RegTDocument, regTSchema } from "./reg-t-schema.js";
import { canonicalHash, invalidEntry, parsedRuleFile, readRuleFile } from "./rule-file.js";

/** Checked figures of strategy-based margin. */
export interface RegTRules extends RegTDocument {
  readonly hash: string;
}

/** The name of the built-in file. */
export const regTName = "reg-t";

/** The built-in file, as a user would edit it. */
export function regTText(): string {
  return readFileSync(new URL("../../src/rules/sets/reg-t.yaml", import.meta.url), "utf8");
}

/**
 * Loads the figures of strategy-based margin: the built-in ones, or those of a YAML or JSON file.
 *
 * @throws MarginError `RULES_SYNTAX`, `RULES_INVALID` (with line and column), `FILE_NOT_FOUND`, `FILE_UNREADABLE`.
 */
export function loadRegTRules(path?: string): RegTRules {
  const file = path ?? `${regTName}.yaml`;
  const source = parsedRuleFile(path === undefined ? regTText() : readRuleFile(path), file);
  const parsed = regTSchema.safeParse(source.document.toJS());
  if (parsed.success) return { ...parsed.data, hash: canonicalHash(parsed.data) };
  throw new MarginError(parsed.error.issues.map((issue) => invalidEntry(issue.path, issue.message, source)));
}
