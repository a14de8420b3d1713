import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Document, isScalar, LineCounter, parseDocument } from "yaml";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { withBase } from "./base.js";
import { ruleSetSchema } from "./checks.js";
import type { RuleSetDocument } from "./schema.js";

/** A checked rule set. `hash` is the SHA-256 (hex) of its canonical JSON, so comments do not change it. */
export interface RuleSet extends RuleSetDocument {
  readonly hash: string;
}

/** Marks what {@link loadRuleSet} has checked; a copy of it has no mark and is checked again. */
const checkedMark = Symbol("checked rule set");

// Data files are read from the source folder both when run from source and when built.
const setsFolder = new URL("../../src/rules/sets/", import.meta.url);
const productsFolder = new URL("products/", setsFolder);

/** Names of the built-in rule sets, in alphabetical order; those of Regulation T are another kind of file. */
export function builtInRuleSets(): string[] {
  return yamlNames(setsFolder).filter((name) => !name.startsWith("reg-t"));
}

function yamlNames(folder: URL): string[] {
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => file.slice(0, -".yaml".length)).toSorted();
}

/** The text of a built-in rule set, as a user would edit it: whole, with what it takes from its base. */
export function builtInRuleText(name: string): string {
  const text = baseText(name);
  if (text === undefined || !builtInRuleSets().includes(name))
    throw new MarginError([
      failure("RULES_UNKNOWN", { value: name, expected: builtInRuleSets().join(", ") }),
    ]);
  const document = parseDocument(text);
  const whole = withBase(document, baseText) ?? document;
  return whole === document ? text : whole.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Text of a built-in file: a rule set, or a table of products. */
function baseText(name: string): string | undefined {
  const folder = [setsFolder, productsFolder].find((at) => yamlNames(at).includes(name));
  return folder === undefined ? undefined : readFileSync(new URL(`${name}.yaml`, folder), "utf8");
}

/**
 * Loads a rule set: the name of a built-in one, the path of a YAML or JSON file (it holds a `/`, or ends in
 * .yaml, .yml or .json), or the document itself. A rule set that this function gave comes back as it is.
 *
 * @throws MarginError `RULES_UNKNOWN`, `RULES_SYNTAX`, `RULES_INVALID` (every entry that is wrong, with line and
 *   column), `FILE_NOT_FOUND`, `FILE_UNREADABLE`.
 */
export function loadRuleSet(rules: unknown): RuleSet {
  if (isChecked(rules)) return rules;
  if (typeof rules !== "string")
    return checkedRuleSet(hasBase(rules) ? filledFrom(new Document(rules), null) : rules, null);
  const isFile = /[/\\]|\.(ya?ml|json)$/.test(rules);
  if (isFile) return parseRuleSet(readRuleFile(rules), rules);
  const text = builtInRuleSets().includes(rules) ? baseText(rules) : undefined;
  return parseRuleSet(text ?? builtInRuleText(rules), `${rules}.yaml`);
}

function isChecked(rules: unknown): rules is RuleSet {
  return typeof rules === "object" && rules !== null && checkedMark in rules;
}

function hasBase(rules: unknown): rules is { base: unknown } {
  return typeof rules === "object" && rules !== null && "base" in rules;
}

/** Parses the text of a rule file; `file` names it in failures. */
export function parseRuleSet(text: string, file: string): RuleSet {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors.map((error) => {
    const at = lines.linePos(error.pos[0]);
    const expected = error.message.split("\n")[0] ?? null;
    return failure("RULES_SYNTAX", { file, line: at.line, column: String(at.col), expected });
  });
  if (syntax.length > 0) throw new MarginError(syntax);
  return checkedRuleSet(filledFrom(document, { document, lines, file }), { document, lines, file });
}

/** The document's content with that of its base. */
function filledFrom(document: Document, source: Source | null): unknown {
  const filled = withBase(document, baseText);
  if (filled !== null) return filled.toJS();
  const names = [...builtInRuleSets(), ...yamlNames(productsFolder)].join(", ");
  throw new MarginError([invalidEntry(["base"], `expected one of ${names}`, source)]);
}

interface Source {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly file: string;
}

function readRuleFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new MarginError([
      failure(missing ? "FILE_NOT_FOUND" : "FILE_UNREADABLE", { file: path, value: path }),
    ]);
  }
}

function checkedRuleSet(raw: unknown, source: Source | null): RuleSet {
  const parsed = ruleSetSchema.safeParse(raw);
  if (parsed.success) {
    const rules: RuleSet = { ...parsed.data, hash: hashOf(parsed.data) };
    return Object.defineProperty(rules, checkedMark, { value: true });
  }
  throw new MarginError(parsed.error.issues.map((issue) => invalidEntry(issue.path, issue.message, source)));
}

/** Points at the entry itself, or at the nearest entry around it that the file does hold. */
function invalidEntry(path: readonly PropertyKey[], message: string, source: Source | null): Failure {
  const keys = path.filter((key): key is string | number => typeof key !== "symbol");
  const where = keys.join(".") || "the rule set";
  if (source === null) return failure("RULES_INVALID", { column: where, expected: message });
  for (let depth = keys.length; depth >= 0; depth--) {
    const node = depth === 0 ? source.document.contents : source.document.getIn(keys.slice(0, depth), true);
    const range = (node as { range?: [number, number, number] } | null)?.range;
    if (!range) continue;
    const at = source.lines.linePos(range[0]);
    const value = isScalar(node) ? node.value : undefined;
    const expected = `${where}: ${message}`;
    return failure("RULES_INVALID", {
      file: source.file,
      line: at.line,
      column: String(at.col),
      value,
      expected,
    });
  }
  return failure("RULES_INVALID", { file: source.file, column: where, expected: message });
}

function hashOf(rules: RuleSetDocument): string {
  return createHash("sha256").update(canonicalJson(rules)).digest("hex");
}

/** JSON with the keys of every object in code-unit order: equal documents give equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
}
