import { failure, MarginError } from "../../basics/failure.js";
import { loadRuleSet, type RuleSet } from "../../rules/load.js";
import type { TablesRead } from "../../tables/read-tables.js";
import type { DividendModel } from "../../valuation/escrowed.js";
import { firstDifference } from "../receipt/compare.js";
import type { Receipt } from "../receipt/document.js";
import { makeReceipt } from "../receipt/make-receipt.js";
import { verifyReceipt } from "../receipt/verify.js";
import type { DiffEngine } from "./side.js";

/** What a receipt was made of, found again. */
export interface ReceiptBook {
  readonly input: TablesRead;
  /** The rule set, as `DiffOptions` and `MarginOptions` take it. */
  readonly rules: object;
  /** The account, where the receipt is of one and the book has others; else `null`. */
  readonly account: string | null;
}

/**
 * The book and rules behind a receipt: the input among `inputs` with the hash that the receipt names, at its as-of time, and
 * the rule set with the hash that it names. Both are used only if they give the receipt's tree again, digit by digit.
 *
 * @param document The receipt as parsed JSON.
 * @throws MarginError `USAGE`: the receipt does not hold, no input or rule set has the hash it names, or it computes again to
 *   something else (the first node that differs is named).
 */
export function bookOfReceipt(
  engine: DiffEngine,
  document: unknown,
  given: {
    readonly inputs: readonly TablesRead[];
    readonly rules?: unknown;
    readonly dividendModel?: DividendModel;
  },
): ReceiptBook {
  const fault = verifyReceipt(document);
  if (fault !== null)
    throw refusal("the receipt does not hold", `one that can be verified; ${placed(fault)}`);
  const receipt = document as Receipt;
  const { inputHash, asOf } = receipt;
  const found = given.inputs.find(({ tables }) => tables.inputHash === inputHash);
  if (found === undefined)
    throw refusal(
      "none of the inputs is the receipt's",
      `among the inputs, the tables of the hash ${inputHash}`,
    );
  const input = { ...found, tables: { ...found.tables, asOf } };
  const rules = rulesOf(receipt, [given.rules, found.tables.rules, receipt.rules.name]);
  const account = onlyAccount(receipt, engine, { input, rules });
  const { dividendModel = "spot" } = given;
  const asked = { rules, dividendModel, ...(account === null ? {} : { account }) };
  const { run } = makeReceipt(engine.margin(input, asked), rules);
  const difference = firstDifference(receipt, { ...receipt, run, root: "" });
  // Another version of the engine may give the same tree; only the tree is compared.
  if (run.hash === receipt.run.hash || difference === null) return { input, rules, account };
  throw refusal(
    "the receipt computes again to something else",
    `what its input gives; ${placed(difference)}`,
  );
}

function rulesOf({ rules: { name, hash } }: Receipt, candidates: readonly unknown[]): RuleSet {
  for (const candidate of candidates) {
    const rules = loaded(candidate);
    if (rules?.hash === hash) return rules;
  }
  throw refusal(`the rule set ${name} of the receipt is not at hand`, `a rule set of the hash ${hash}`);
}

/** A name that is no built-in one says nothing here; a file that is wrong is a mistake. */
function loaded(rules: unknown): RuleSet | null {
  if (rules === null || rules === undefined) return null;
  try {
    return loadRuleSet(rules);
  } catch (error) {
    if (error instanceof MarginError && error.code === "RULES_UNKNOWN") return null;
    throw error;
  }
}

function onlyAccount(
  { run: { children } }: Receipt,
  engine: DiffEngine,
  { input, rules }: { readonly input: TablesRead; readonly rules: RuleSet },
): string | null {
  const [only, ...others] = children;
  if (only === undefined || others.length > 0) return null;
  return engine.margin(input, { rules }).accounts.length === 1 ? null : only.id;
}

function placed({ path, what }: { readonly path: readonly string[]; readonly what: string }): string {
  return `${path.join(" > ") || "head"}: ${what}`;
}

function refusal(value: string, expected: string | null = null): MarginError {
  return new MarginError([failure("USAGE", { value, expected })]);
}
