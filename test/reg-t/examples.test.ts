import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseDay } from "../../src/basics/dates.js";
import type { GroupLeg } from "../../src/reg-t/group.js";
import { microsOf, usdOf } from "../../src/reg-t/money.js";
import { lastDayWithin } from "../../src/reg-t/nine-months.js";
import { type Objective, pairUnderlying } from "../../src/reg-t/pair-underlying.js";
import { priceGroup } from "../../src/reg-t/price-group.js";
import { greatestLoss } from "../../src/reg-t/spreads.js";
import { underlyingTerms } from "../../src/reg-t/terms.js";
import { loadRegTRules, type RegTRules } from "../../src/rules/reg-t.js";
import { loadEngine } from "../../src/engine.js";
import { type Example, snapshotOf } from "./example-books.js";
import { plainLeg, plainTerms } from "./legs.js";

const file = new URL("../../../shared/data/reg-t/examples.json", import.meta.url);
const examples: readonly Example[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as { examples: Example[] }).examples
  : [];

const kinds = {
  equity: "equity",
  etf_broad: "broad_index_fund",
  etf_narrow: "equity",
  index_broad: "broad_index",
  index_narrow: "narrow_index",
} as const;

const rules = loadRegTRules();

function inputsOf(example: Example, changed: RegTRules) {
  const asOf = parseDay(example.asOf)!;
  const legs = example.legs.map((leg): GroupLeg => {
    const expiry = leg.expiry ? parseDay(leg.expiry)! : 0;
    const hasLoanValue = leg.kind !== "stock" && leg.qty > 0 && expiry > lastDayWithin(asOf, 9);
    return {
      symbol: leg.kind,
      kind: leg.kind,
      strike: microsOf(leg.strike ?? 0),
      expiry,
      units: leg.multiplier,
      quantity: leg.qty,
      value: leg.multiplier * microsOf(leg.price),
      ...plainLeg,
      hasLoanValue,
      loanValue: hasLoanValue ? (leg.multiplier * microsOf(leg.price)) / 4 : 0,
    };
  });
  const terms = underlyingTerms(
    {
      symbol: "X",
      price: microsOf(example.legs[0]!.underlyingPrice),
      kind: kinds[example.underlyingKind],
      leverage: Math.abs(example.leverage),
      isEligible: true,
      isEuropean: example.exerciseStyle === "european",
      ...plainTerms,
    },
    changed,
  );
  return { legs, terms };
}

function paired(example: Example, objective: Objective, changed: RegTRules = rules) {
  const { legs, terms } = inputsOf(example, changed);
  const ordered = [
    ...legs.filter((leg) => leg.kind !== "stock"),
    ...legs.filter((leg) => leg.kind === "stock"),
  ];
  const found = pairUnderlying(ordered, { terms, rules: changed, objective }, {});
  const sum = (of: (figures: (typeof found.groups)[number]["figures"]) => number): number =>
    usdOf(found.groups.reduce((total, { figures, times }) => total + times * of(figures), 0));
  return {
    legs,
    proven: found.proven,
    total: usdOf(found.total),
    initial: sum((figures) => figures.initial),
    maintenance: sum((figures) => figures.maintenance),
    haircut: sum((figures) => figures.haircut),
  };
}

const single = examples.filter(({ id }) => !id.startsWith("pair-"));
const pairs = examples.filter(({ id }) => id.startsWith("pair-"));

describe.skipIf(examples.length === 0)(
  "worked examples of strategy-based margin (skipped where absent)",
  () => {
    test("all are there: two thirds of 125", () => {
      expect(single.length + pairs.length).toBeGreaterThanOrEqual(80);
    });

    test.each(single)("$id", (example) => {
      const { expected } = example;
      const held = paired(example, "maintenance");
      const traded = paired(example, "initial");
      expect(held.proven && traded.proven).toBe(true);
      const proceeds = usdOf(
        held.legs.reduce(
          (sum, leg) => sum + (leg.kind === "stock" || leg.quantity > 0 ? 0 : -leg.quantity * leg.value),
          0,
        ),
      );
      const shortValue = usdOf(
        held.legs.reduce(
          (sum, leg) => sum + (leg.kind === "stock" && leg.quantity < 0 ? -leg.quantity * leg.value : 0),
          0,
        ),
      );
      const ours: Record<string, number> = {
        initial: traded.initial,
        proceeds,
        initialCall: Math.round((traded.initial - proceeds) * 100) / 100,
        maintenance: held.maintenance,
        equityHaircut: held.haircut,
        maintenanceWithShortValue: Math.round((held.maintenance + shortValue) * 100) / 100,
        initialAboveProceeds: Math.round((traded.initial - shortValue) * 100) / 100,
        maxPotentialLoss: usdOf(greatestLoss(held.legs.filter((leg) => leg.kind !== "stock"))),
      };
      for (const [key, value] of Object.entries(expected)) {
        if (value === null || !(key in ours)) continue;
        // The example prices the collar by itself; the rules let the put stand free, and a covered call costs 25 % of 100.
        if (example.id === "collar-03" && key === "maintenance") {
          const { legs, terms } = inputsOf(example, rules);
          expect([usdOf(priceGroup(legs, terms, rules)!.maintenance), ours[key]]).toEqual([value, 2500]);
          continue;
        }
        expect([example.id, key, ours[key]]).toEqual([example.id, key, value]);
      }
    });

    test("the same figures through the input tables, whether or not a volatility gives the premiums", async () => {
      const engine = await loadEngine();
      for (const example of examples) {
        const { accounts, failures } = await engine.regT(snapshotOf(example));
        const [held, traded] = [paired(example, "maintenance"), paired(example, "initial")];
        expect([example.id, failures]).toEqual([example.id, []]);
        expect([example.id, accounts[0]?.regT]).toMatchObject([
          example.id,
          { initialUsd: traded.initial, maintenanceUsd: held.maintenance, haircutUsd: held.haircut },
        ]);
      }
    });

    test("what a cash account needs, net of premium, where a source prints it", async () => {
      const engine = await loadEngine();
      const printed = examples.filter(({ expected }) => typeof expected["cashAccountNet"] === "number");
      expect(printed.length).toBeGreaterThan(0);
      for (const example of printed) {
        const { accounts } = await engine.regT(snapshotOf(example, [{ account: "A", type: "cash" }]));
        expect([example.id, accounts[0]?.regT?.initialCallUsd]).toEqual([
          example.id,
          example.expected["cashAccountNet"],
        ]);
      }
    });

    test.each(pairs)("$id", (example) => {
      const { expected } = example;
      const reading = (spreads: RegTRules["readings"]["spreads"]): RegTRules => ({
        ...rules,
        readings: { ...rules.readings, spreads },
      });
      expect(paired(example, "maintenance").total).toBe(expected["optimalTotal"]);
      // Every position by itself: the single-strategy prices added up, without any pairing.
      const { legs, terms } = inputsOf(example, rules);
      const alone = legs.map((leg) => priceGroup([leg], terms, rules)!);
      const unpaired = alone.reduce((sum, { maintenance, haircut }) => sum + maintenance + haircut, 0);
      if (typeof expected["unpairedTotal"] === "number")
        expect(usdOf(unpaired)).toBe(expected["unpairedTotal"]);
      expect(paired(example, "maintenance", reading("named")).total).toBe(expected["atMost4LegTotal"]);
      expect(paired(example, "maintenance", reading("two_leg")).total).toBe(expected["atMost2LegTotal"]);
    });
  },
);
