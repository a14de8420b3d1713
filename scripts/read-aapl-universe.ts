/**
 * Writes one day of a stock's option universe (Lean format) as the tables of a snapshot (JSON, on standard output).
 *
 *     npx tsc -p tsconfig.json --noEmit false --outDir build/tools
 *     node build/tools/scripts/read-aapl-universe.js 2014-06-09 aapl_20140609.csv.gz aapl.zip aapl.csv curves.csv.gz
 *
 * Files: the universe, the daily prices, the factors, and US Treasury par yields as fractions, one row a day.
 */
import { readFileSync } from "node:fs";
import { readAaplUniverse } from "../examples/readers/aapl-universe.js";
import { treasuryRates } from "../examples/readers/tables.js";

const [day, universe, dailyPrices, factors, curves] = process.argv.slice(2);
if (!day || !universe || !dailyPrices || !factors || !curves) {
  process.stderr.write(
    "use: read-aapl-universe YYYY-MM-DD UNIVERSE.csv.gz DAILY.zip FACTORS.csv TREASURY.csv.gz\n",
  );
  process.exitCode = 2;
} else {
  const rates = treasuryRates(readFileSync(curves), { day, unit: 1 });
  const files = {
    universe: readFileSync(universe),
    dailyPrices: readFileSync(dailyPrices),
    factors: readFileSync(factors),
  };
  const tables = readAaplUniverse(files, { symbol: "AAPL", day, rates });
  process.stdout.write(`${JSON.stringify({ ...tables, positions: [] })}\n`);
}
