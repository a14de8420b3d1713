// npm run bench -- --markdown docs/performance.md   everything, and the document brought up to date
// npm run bench -- [--only NAME] [--quick] [--markdown FILE] [--out FILE]
// npm run bench -- --compare a.json b.json
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { booksResult } from "./books.mjs";
import { europeanCase } from "./european.mjs";
import { goalsTable } from "./goals.mjs";
import { interleave } from "./harness.mjs";
import {
  americanCase,
  dividendCase,
  greeksCase,
  impliedAmericanCase,
  impliedEuropeanCase,
  marginCase,
} from "./options.mjs";
import { regTResult } from "./reg-t.mjs";
import { compareText, markdown, text } from "./report.mjs";
import { threadsResult } from "./threads.mjs";

const timed = (make) => async (options) => {
  const { candidates, ...rest } = await make();
  return { ...rest, rows: interleave(candidates, options) };
};

const cases = {
  european: timed(europeanCase),
  american: timed(americanCase),
  dividends: timed(dividendCase),
  "implied-european": timed(impliedEuropeanCase),
  "implied-american": timed(impliedAmericanCase),
  greeks: timed(greeksCase),
  threads: threadsResult,
  margin: timed(marginCase),
  "reg-t": regTResult,
  books: booksResult,
};

function machine() {
  const git = (...args) => spawnSync("git", args, { encoding: "utf8" }).stdout?.trim() || "unknown";
  const kernel = readFileSync(new URL("../build/kernel.wasm", import.meta.url));
  return {
    time: new Date().toISOString(),
    node: process.version,
    v8: process.versions.v8,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    loadBefore: loadavg().map((x) => Number(x.toFixed(2))),
    commit: git("rev-parse", "--short", "HEAD"),
    kernelSha256: createHash("sha256").update(kernel).digest("hex"),
  };
}

const marker = "<!-- From here on: npm run bench -- --markdown docs/performance.md -->";

/** Goals and tables, in place of what follows the marker where the file has one. */
function writeMarkdown(file, result) {
  const before = existsSync(file) ? readFileSync(file, "utf8").split(marker) : [];
  const head = before.length === 2 ? `${before[0]}${marker}\n\n` : "";
  const body = `## Goals\n\n${goalsTable(result)}\n\n## Output of the bench\n\n${markdown(result)}`;
  writeFileSync(file, `${head}${body}`);
  spawnSync(process.execPath, ["node_modules/prettier/bin/prettier.cjs", "--write", file]);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", multiple: true },
      quick: { type: "boolean", default: false },
      markdown: { type: "string" },
      out: { type: "string" },
      compare: { type: "boolean", default: false },
    },
  });
  if (values.compare) {
    if (positionals.length !== 2) throw new Error("--compare takes two result files");
    const [a, b] = positionals.map((name) => JSON.parse(readFileSync(name, "utf8")));
    console.log(compareText(a, b));
    return;
  }
  const names = values.only ?? Object.keys(cases);
  const unknown = names.filter((name) => !(name in cases));
  if (unknown.length > 0)
    throw new Error(`no case ${unknown.join(", ")}; there are ${Object.keys(cases).join(", ")}`);
  const options = values.quick ? { rounds: 15, sliceMs: 0.5 } : { rounds: 100, sliceMs: 0.7 };
  const result = { ...machine(), options, cases: {} };
  for (const name of names) {
    result.cases[name] = await cases[name](options);
    console.log(text(result.cases[name]));
  }
  if (machine().kernelSha256 !== result.kernelSha256)
    throw new Error("the kernel was rebuilt during the run");
  result.loadAfter = loadavg().map((x) => Number(x.toFixed(2)));
  const { cases: _, ...facts } = result;
  console.log(facts);
  mkdirSync(new URL("results/", import.meta.url), { recursive: true });
  const file =
    values.out ?? fileURLToPath(new URL(`results/${result.time.replaceAll(":", "-")}.json`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`written: ${file}`);
  if (values.markdown) writeMarkdown(values.markdown, result);
}

await main();
