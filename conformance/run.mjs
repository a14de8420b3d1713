// node conformance/run.mjs COMMAND [ARGUMENT...]: runs COMMAND ... margin CASE --receipt FILE for every case.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [command, ...first] = process.argv.slice(2);
if (command === undefined) {
  console.error("usage: node conformance/run.mjs COMMAND [ARGUMENT...]");
  process.exit(2);
}
const cases = new URL("cases/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "conformance-"));
let wrong = 0;
for (const name of readdirSync(cases).sort()) {
  const { snapshot, expected } = JSON.parse(readFileSync(new URL(name, cases), "utf8"));
  const input = join(folder, `in-${name}`);
  const output = join(folder, `out-${name}`);
  writeFileSync(input, JSON.stringify(snapshot));
  const { stderr } = spawnSync(command, [...first, "margin", input, "--receipt", output], {
    encoding: "utf8",
  });
  const faults = existsSync(output)
    ? compare(JSON.parse(readFileSync(output, "utf8")), expected)
    : [`no receipt: ${stderr}`];
  console.log(`${faults.length === 0 ? "holds" : "FAILS"} ${name}`);
  for (const fault of faults) console.log(`  ${fault}`);
  wrong += faults.length;
}
rmSync(folder, { recursive: true });
process.exit(wrong === 0 ? 0 : 1);

function compare({ run }, expected) {
  return Object.entries(expected).flatMap(([account, figures]) => {
    const node = run.children.find((child) => child.id === account);
    if (node === undefined) return [`${account}: not in the receipt`];
    const { requirementUsd, codes } = figures;
    const found = (node.failures ?? []).map(({ code }) => code);
    return [
      ...(node.requirementUsd === requirementUsd
        ? []
        : [`${account}: ${node.requirementUsd}, not ${requirementUsd}`]),
      ...(JSON.stringify(found) === JSON.stringify(codes ?? [])
        ? []
        : [`${account}: codes ${found}, not ${codes ?? []}`]),
    ];
  });
}
