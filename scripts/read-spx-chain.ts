/**
 * Writes one day of the Cboe SPX chain as the tables of a snapshot (JSON, on standard output).
 *
 *     npx tsc -p tsconfig.json --noEmit false --outDir build/tools
 *     node build/tools/scripts/read-spx-chain.js SPX_20190426.csv.gz ust.csv.gz > spx.json
 *
 * The second file is a table of US Treasury par yields in per cent, one row a day.
 */
import { readFileSync } from "node:fs";
import { readSpxChain } from "../examples/readers/spx-chain.js";
import { readCsv, treasuryRates } from "../examples/readers/tables.js";

const [chainFile, ratesFile] = process.argv.slice(2);
if (chainFile === undefined || ratesFile === undefined) {
  process.stderr.write("use: read-spx-chain CHAIN.csv.gz TREASURY.csv.gz\n");
  process.exitCode = 2;
} else {
  const chain = readFileSync(chainFile);
  const [month, day, year] = (readCsv(chain)[0]?.["quotedate"] ?? "").split("/");
  const rates = treasuryRates(readFileSync(ratesFile), { day: `${year}-${month}-${day}`, unit: 0.01 });
  process.stdout.write(`${JSON.stringify({ ...readSpxChain(chain, rates), positions: [] })}\n`);
}
