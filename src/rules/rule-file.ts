import { readFileSync } from "node:fs";
import { sha256 } from "../basics/sha256.js";
import { type Document, isScalar, LineCounter, parseDocument } from "yaml";
import { type Failure, failure, MarginError } from "../basics/failure.js";

/** A rule file with the places of its entries. */
export interface RuleFile {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly file: string;
}

/** @throws MarginError `RULES_SYNTAX`, with line and column. */
export function parsedRuleFile(text: string, file: string): RuleFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors.map((error) => {
    const at = lines.linePos(error.pos[0]);
    const expected = error.message.split("\n")[0] ?? null;
    return failure("RULES_SYNTAX", { file, line: at.line, column: String(at.col), expected });
  });
  if (syntax.length > 0) throw new MarginError(syntax);
  return { document, lines, file };
}

/** @throws MarginError `FILE_NOT_FOUND`, `FILE_UNREADABLE`. */
export function readRuleFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new MarginError([
      failure(missing ? "FILE_NOT_FOUND" : "FILE_UNREADABLE", { file: path, value: path }),
    ]);
  }
}

/** Points at the entry itself, or at the nearest entry around it that the file does hold. */
export function invalidEntry(
  path: readonly PropertyKey[],
  message: string,
  source: RuleFile | null,
): Failure {
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

/** SHA-256 (hex) of a rule set as canonical JSON, so that comments do not change it. */
export function canonicalHash(rules: object): string {
  return sha256().update(canonicalJson(rules)).digest("hex");
}

/** JSON with the keys of every object in code-unit order: equal documents give equal text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
}
