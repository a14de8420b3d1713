import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { errorTable } from "../src/basics/error-table.js";

/** Where the generated page stands. */
export const errorDocsFile = fileURLToPath(new URL("../docs/errors.md", import.meta.url));

/** The page `docs/errors.md`, made from the error table alone. */
export function errorDocs(): string {
  const entries = Object.entries(errorTable).map(
    ([code, { message, remedy }]) => `## ${code}\n\n${sentence(message)}\n\n**What to do.** ${remedy}\n`,
  );
  return `${introduction}\n${entries.join("\n")}`;
}

/** Writes the page: `WRITE_DOCS=1 npx vitest run test/basics/error-table.test.ts`. */
export function writeErrorDocs(): void {
  writeFileSync(errorDocsFile, errorDocs());
}

function sentence(message: string): string {
  const text =
    message === "{value}" ? "(the sentence is the value itself)" : message.replace("{value}", "_value_");
  return `> ${text}`;
}

const introduction = `# Errors

Generated from \`src/basics/error-table.ts\`; do not edit by hand. A test compares the two.

Every failure carries \`code\`, \`message\`, \`file\`, \`line\` (1-based), \`column\` (name of the table's column, or the
1-based column of the text where a document cannot be parsed), \`value\` (what stood there, cut to 80 characters) and
\`expected\`; whatever is not known is \`null\`. Where a failure touches one account it carries \`account\`, where it
touches every position in one symbol, \`symbol\`. Codes are stable: match on the code, never on the sentence.
`;
