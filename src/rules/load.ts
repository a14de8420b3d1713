import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Document, parseDocument } from "yaml";
import { failure, MarginError } from "../basics/failure.js";
import { type BaseText, withBase } from "./base.js";
import { ruleSetSchema } from "./checks.js";
import { type CompiledRuleSet, compiledRuleSet, type RuleSet, setsFolder } from "./compiled.js";
import { canonicalHash, invalidEntry, parsedRuleFile, readRuleFile, type RuleFile } from "./rule-file.js";

export type { RuleSet } from "./compiled.js";

/** Marks what {@link loadRuleSet} has checked; a copy of it has no mark and is checked again. */
const checkedMark = Symbol("checked rule set");

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
  const file = baseFile(name);
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

function baseFile(name: string): URL | undefined {
  const folder = [setsFolder, productsFolder].find((at) => yamlNames(at).includes(name));
  return folder === undefined ? undefined : new URL(`${name}.yaml`, folder);
}

/** What the build keeps of a built-in rule set: the same that {@link loadRuleSet} reads from its files. */
export function compileRuleSet(name: string): CompiledRuleSet {
  const sources: Record<string, string> = {};
  const textOf = (base: string): string | undefined => {
    const file = baseFile(base);
    if (file !== undefined) sources[file.href.slice(setsFolder.href.length)] = readFileSync(file, "utf8");
    return baseText(base);
  };
  const source = parsedRuleFile(textOf(name) ?? builtInRuleText(name), `${name}.yaml`);
  return { sources, rules: checkedRuleSet(filledFrom(source.document, source, textOf), source) };
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
  const compiled = compiledRuleSet(rules);
  if (compiled !== null) return checked(compiled);
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
  const source = parsedRuleFile(text, file);
  return checkedRuleSet(filledFrom(source.document, source), source);
}

/** The document's content with that of its base. */
function filledFrom(document: Document, source: RuleFile | null, textOf: BaseText = baseText): unknown {
  const filled = withBase(document, textOf);
  if (filled !== null) return filled.toJS();
  const names = [...builtInRuleSets(), ...yamlNames(productsFolder)].join(", ");
  throw new MarginError([invalidEntry(["base"], `expected one of ${names}`, source)]);
}

function checkedRuleSet(raw: unknown, source: RuleFile | null): RuleSet {
  const parsed = ruleSetSchema.safeParse(raw);
  if (parsed.success) return checked({ ...parsed.data, hash: canonicalHash(parsed.data) });
  throw new MarginError(parsed.error.issues.map((issue) => invalidEntry(issue.path, issue.message, source)));
}

function checked(rules: RuleSet): RuleSet {
  return Object.defineProperty(rules, checkedMark, { value: true });
}

/** Rule sets by name or document. Built-in ones are read once: data of the package, not of a run. */
export class RuleSets {
  readonly #builtIn = new Map<string, RuleSet>();

  /** @throws MarginError as {@link loadRuleSet}. */
  get(asked: unknown): RuleSet {
    if (typeof asked !== "string") return loadRuleSet(asked);
    const known = this.#builtIn.get(asked);
    if (known !== undefined) return known;
    const rules = loadRuleSet(asked);
    if (builtInRuleSets().includes(asked)) this.#builtIn.set(asked, rules);
    return rules;
  }
}
