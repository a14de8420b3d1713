// Two tables of profits that articles on portfolio margin printed, fed as theoretical values: no model is asked.
// Run by `node examples/articles/run.mjs`.
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { loadEngine, readSnapshotFile } from "plimsoll";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const engine = await loadEngine();
const usd = (value) => value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",");

/** Requirement, and what each class group adds to it. */
function computed(snapshot, rules) {
  const [account] = engine.margin(readSnapshotFile(file(snapshot)), { rules: file(rules) }).accounts;
  const parts = account.portfolioGroups.map(
    ({ id, requirementUsd, worst }) => `${id} ${usd(requirementUsd)} at ${worst.label}`,
  );
  return [usd(account.requirementUsd), parts.join(" + ")];
}

const table = new Table({
  head: ["table", "requirement", "article", "made of"],
  colAligns: ["left", "right", "right", "left"],
  style: { head: [], border: [] },
});
table.push(
  ["QQQ with puts, eight moves", ...around(computed("qqq.json", "eight-moves.yaml"), "18,000.00")],
  [
    "XYZ and SPX by the rule, price rows",
    ...around(computed("price-rows.json", "two-prices.yaml"), "5,000.00"),
  ],
  [
    "XYZ and SPX by the rule, with the volatility row",
    ...around(computed("all-rows.json", "prices-and-volatility.yaml"), "–"),
  ],
  [
    "XYZ and SPX netted in one group, as the article",
    ...around(computed("netted.json", "prices-and-volatility.yaml"), "5,000.00"),
  ],
);

function around([requirement, parts], printed) {
  return [requirement, printed, parts];
}

console.log(table.toString());
console.log(`
Why the last two differ: the article nets XYZ against SPX at one scenario, but the rule gives no offset between an equity and
an index, so each class group is charged its own worst loss; without the volatility row both are worst at -15 %, and only
therefore the two ways agree there.`);
