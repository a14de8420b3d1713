import { beforeAll, describe, expect, test } from "vitest";
import type { RegTResult } from "../../src/index.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { type Example, snapshotOf } from "./example-books.js";
import { writtenExamples } from "./written-examples.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

function figuresOf({ legs }: Example, regT: RegTResult): Record<string, number> {
  const shortValue = legs.reduce(
    (sum, { kind, qty, price }) => sum + (kind === "stock" && qty < 0 ? -qty * price : 0),
    0,
  );
  const cents = (value: number): number => Math.round(value * 100) / 100;
  return {
    initial: regT.initialUsd,
    initialAboveProceeds: cents(regT.initialUsd - shortValue),
    proceeds: regT.proceedsUsd,
    maintenance: regT.maintenanceUsd,
    maintenanceWithShortValue: cents(regT.maintenanceUsd + shortValue),
    equityHaircut: regT.haircutUsd,
  };
}

describe("worked examples, through the input tables", () => {
  test.each(writtenExamples)("$id, $source", async (example) => {
    const { accounts, failures } = await engine.regT(snapshotOf(example));
    const regT = accounts[0]?.regT;
    expect(failures).toEqual([]);
    if (!regT) throw new Error("no figure");
    expect(regT.proven).toBe(true);
    expect(figuresOf(example, regT)).toMatchObject(example.expected);
  });
});
