// Keeps what V8 makes of the bundled command's files while it runs, for `src/cli/start.ts` to begin with. Run by `npm run build`,
// after the bundle: each command has a process of its own, and adds to what those before it kept.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MarginError } from "../dist/basics/failure.js";
import { writeParquet } from "../dist/tables/write-columns.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "dist/cli");
const kept = join(cli, `compiled-${process.version}-${process.arch}`);

if (process.argv.length > 2) runKept();
else await keepAll();

/** The command itself, as its arguments say; what it compiled is kept when it ends. */
function runKept() {
  process.argv[1] = join(cli, "main.js");
  const { scripts } = createRequire(import.meta.url)(process.argv[1]);
  process.on("exit", () => {
    mkdirSync(kept, { recursive: true });
    for (const [name, script] of scripts) writeFileSync(join(kept, `${name}.bin`), script.createCachedData());
  });
}

async function keepAll() {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-"));
  try {
    run(["margin", "examples/ibm-2007/snapshot.json", "--out", join(folder, "margin.txt")]);
    const files = await madeBook(folder);
    if (files !== null)
      run(["margin", ...files, "--format", "parquet", "--out", join(folder, "margin.parquet")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(words) {
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...words], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`plimsoll ${words.join(" ")}: ${status}\n${stderr}`);
}

/** A small book in Parquet with what large ones have; null without DuckDB. */
async function madeBook(folder) {
  try {
    const options = [];
    for (const [table, columns] of Object.entries(tables())) {
      const file = join(folder, `${table}.parquet`);
      await writeParquet(file, columns);
      options.push(`--${table}`, file);
    }
    return [...options, "--as-of", "2026-11-20T16:00:00-05:00"];
  } catch (error) {
    if (error instanceof MarginError) return null;
    throw error;
  }
}

function tables() {
  const stocks = ["SPX", "AAA", "BBB"];
  const series = ["SPX261218", "AAA261218", "BBB270115"];
  // In thousandths of a dollar.
  const strikes = Array.from({ length: 40 }, (_, k) => String((80 + k) * 1000).padStart(8, "0"));
  const symbols = series.flatMap((name) =>
    strikes.flatMap((strike) => [`${name}C${strike}`, `${name}P${strike}`]),
  );
  const accounts = Array.from({ length: 100 }, (_, k) => `A${String(k).padStart(4, "0")}`);
  const held = accounts.flatMap((account, k) =>
    [...stocks.slice(1), ...symbols]
      .filter((_, j) => (k + j) % 7 === 0)
      .map((symbol, j) => [account, symbol, j - 9 || 1]),
  );
  const text = (name, cells) => ({ name, type: "text", cells });
  const number = (name, cells) => ({ name, type: "number", cells });
  return {
    positions: [
      text(
        "account",
        held.map(([account]) => account),
      ),
      text(
        "symbol",
        held.map(([, symbol]) => symbol),
      ),
      number(
        "quantity",
        held.map(([, , quantity]) => quantity),
      ),
    ],
    underlyings: [
      text("symbol", stocks),
      number("price", [100, 100, 100]),
      text("kind", ["index", "stock", "stock"]),
      number("dividend_yield", [0.013, 0, null]),
    ],
    options: [
      text("symbol", symbols),
      number(
        "volatility",
        symbols.map((_, k) => 0.2 + k / 1000),
      ),
    ],
    dividends: [text("symbol", ["AAA"]), text("ex_date", ["2026-12-01"]), number("amount", [0.5])],
    rates: [number("years", [0.1, 1]), number("rate", [0.04, 0.041])],
    accounts: [
      text("account", accounts),
      number(
        "cash",
        accounts.map((_, k) => 1000 * k),
      ),
    ],
  };
}
