import { expect, test } from "vitest";
import { loadEngine } from "../../src/engine.js";
import { readSnapshotFile } from "../../src/tables/read-tables.js";
import { plimsoll, root, scratch } from "./run.js";

const files = scratch();
const snapshot = `${root}examples/ibm-2007/snapshot.json`;
const yaml = `scenarios:
  - name: crash
    default: -0.2
  - name: nothing
    default: 0
`;

test("stress prints what the library returns; the table names worst scenario and what falls short", async () => {
  const scenarios = files.put("s.yaml", yaml);
  const json = plimsoll("stress", snapshot, "--scenarios", scenarios, "--json");
  expect(json.code).toBe(0);
  const engine = await loadEngine();
  const result = engine.stress(readSnapshotFile(snapshot), { scenarios });
  const { engine: _, ...printed } = JSON.parse(json.out) as Record<string, unknown>;
  const { engine: __, ...wanted } = result;
  expect(printed).toEqual(JSON.parse(JSON.stringify(wanted)));
  // 10,000 shares lose 195,460 at -20 %; the call that was sold for 16,800 is then worth next to nothing.
  const covered = result.accounts.find(({ account }) => account === "3-covered-call");
  expect(covered?.profitUsd[0]).toBeGreaterThan(-195_460 + 16_700);
  expect(covered?.profitUsd[0]).toBeLessThan(-195_460 + 16_800);
  const table = plimsoll("stress", snapshot, "--scenarios", scenarios, "--account", "3-covered-call").out;
  expect(table).toMatch(/3-covered-call +960,500\.00 +129,817\.80 +crash +-178,6\d\d\.\d\d/);
  expect(table).not.toContain("1-short-call");
  const moved = plimsoll("stress", snapshot, "--scenarios", scenarios, "--recompute").out;
  expect(moved).toMatch(/3-covered-call +nothing +129,817\.80 +960,500\.00\n/);
});

test("history by file, several at once; a symbol that is missing gives exit code 1", () => {
  const one = files.put("h1.csv", "symbol,date,return\nIBM,2000-01-03,-0.1\n");
  const two = files.put("h2.csv", "symbol,date,return\nIBM,2000-01-04,0.1\n");
  const run = plimsoll("stress", snapshot, "--history", one, two, "--worst", "1");
  expect(run.code).toBe(0);
  expect(run.out).toContain("2 scenarios");
  const other = files.put("h3.csv", "symbol,date,return\nABC,2000-01-04,0.1\n");
  const named = plimsoll(
    "stress",
    snapshot,
    "--history",
    one,
    other,
    "--scenarios",
    files.put("s.yaml", yaml),
  );
  expect(named.code).toBe(0);
  const scenarios = files.put("open.yaml", "- {name: a, symbols: {ABC: -0.1}}\n");
  const open = plimsoll("stress", snapshot, "--scenarios", scenarios);
  expect(open.code).toBe(1);
  expect(open.out).toContain("SCENARIO_MOVE_MISSING");
});

test("wrong use is refused: no scenario, a bad file, a count that is none", () => {
  expect(plimsoll("stress", snapshot)).toMatchObject({ code: 2 });
  const good = files.put("g.yaml", yaml);
  const escrowed = plimsoll("stress", snapshot, "--scenarios", good, "--dividend-model", "escrowed");
  expect(escrowed).toMatchObject({ code: 2 });
  expect(escrowed.err).toContain("spot dividend model alone");
  const bad = plimsoll(
    "stress",
    snapshot,
    "--scenarios",
    files.put("b.yaml", "scenarios:\n  - name: a\n    x: 1\n"),
  );
  expect(bad.code).toBe(2);
  expect(bad.err).toMatch(/SCENARIOS_INVALID .*b\.yaml:2/);
  expect(plimsoll("stress", snapshot, "--scenarios", good, "--worst", "0").code).toBe(2);
});

test("risk-array fed back as theoretical values: the same requirements through the commands", () => {
  const file = files.path("values.csv");
  expect(plimsoll("risk-array", snapshot, "--format", "csv", "--out", file).code).toBe(0);
  const figures = (...args: string[]) => plimsoll("margin", snapshot, "--format", "csv", ...args);
  const again = figures("--theoretical", file);
  expect(again.code).toBe(0);
  expect(again.out).toBe(figures().out);
  const positions = files.put(
    "p.csv",
    "account,symbol,quantity\nA,IBM   070421C00100000,-100\nA,IBM,10000\n",
  );
  const alone = plimsoll(
    "margin",
    "--positions",
    positions,
    "--theoretical",
    file,
    "--as-of",
    "2007-02-23T16:00:00-05:00",
  );
  expect(alone.code).toBe(0);
  expect(alone.out).toContain("129,817.80");
  expect(alone.out).toContain("theoretical values that were given");
});
