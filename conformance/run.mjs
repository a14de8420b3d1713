// node conformance/run.mjs [--case NAME] [--exact] [--write] COMMAND [ARGUMENT...]
// Runs every case against COMMAND and compares exit code, failure codes, figures and receipt. README.md says how.
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareCase } from "./compare.mjs";

const at = (path) => new URL(path, import.meta.url);
const readJson = (url) => JSON.parse(readFileSync(url, "utf8"));

const words = process.argv.slice(2);
const only = [];
let writes = false;
let isExact = false;
while (words[0]?.startsWith("--")) {
  const word = words.shift();
  if (word === "--write") writes = true;
  else if (word === "--exact") isExact = true;
  else if (word === "--case") only.push(words.shift());
  else words.length = 0;
}
const [command, ...first] = words;
if (command === undefined) {
  console.error("usage: node conformance/run.mjs [--case NAME] [--exact] [--write] COMMAND [ARGUMENT...]");
  process.exit(2);
}
const names = readdirSync(at("cases/"))
  .map((file) => file.replace(/\.json$/, ""))
  .filter((name) => only.length === 0 || only.includes(name))
  .sort();
const folder = mkdtempSync(join(tmpdir(), "conformance-"));
let wrong = 0;
const found = new Map();
const waiting = [...names];
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
for (const name of names) {
  const faults = found.get(name);
  console.log(`${faults.length === 0 ? "holds" : "FAILS"} ${name}`);
  for (const fault of faults) console.log(`  ${fault}`);
  if (faults.length > 0) wrong += 1;
}
rmSync(folder, { recursive: true });
console.log(`${names.length - wrong} of ${names.length} cases hold`);
process.exit(wrong === 0 && names.length > 0 ? 0 : 1);

/** Takes one case after another until none is left. */
async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
    found.set(name, await runCase(name));
}

async function runCase(name) {
  const given = readJson(at(`cases/${name}.json`));
  const here = join(folder, name);
  const put = (file, text) => {
    mkdirSync(dirname(join(here, file)), { recursive: true });
    writeFileSync(join(here, file), text);
  };
  put("snapshot.json", JSON.stringify(given.snapshot ?? null));
  for (const [file, lines] of Object.entries(given.files ?? {})) put(file, lines.join("\n"));
  const rules = given.rules === undefined ? [] : ["--rules", fileURLToPath(at(given.rules))];
  const isReceipt = given.arguments?.[0] !== "reg-t";
  const files = ["snapshot.json", ...Object.keys(given.files ?? {})];
  const asked = (given.arguments ?? ["margin", "snapshot.json"]).map((word) =>
    files.includes(word) ? join(here, word) : word,
  );
  const receiptPath = join(here, "receipt.json");
  const last = isReceipt ? ["--json", "--receipt", receiptPath] : ["--json"];
  const ran = await execute([...first, ...asked, ...rules, ...last]);
  const receipt = existsSync(receiptPath) ? readJson(receiptPath) : null;
  const stored = at(`receipts/${name}.json`);
  if (writes && receipt !== null) writeFileSync(stored, `${JSON.stringify(receipt)}\n`);
  const expected = existsSync(stored) ? readJson(stored) : null;
  return compareCase({ ...given, exact: isExact && given.exact === true }, { ...ran, receipt }, expected);
}

/** Exit code (null where the command could not be run) and what it wrote. */
function execute(line) {
  return new Promise((done) => {
    execFile(command, line, { encoding: "utf8", maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      done({ status, stdout, stderr });
    });
  });
}
