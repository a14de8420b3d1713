import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, constantFrom, integer, property } from "fast-check";
import { z } from "zod";
import { beforeAll, describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/analysis/receipt/canonical.js";
import { firstDifference } from "../../src/analysis/receipt/compare.js";
import { nodeHash, type Receipt, receiptSchema, rootHash } from "../../src/analysis/receipt/document.js";
import { verifyReceipt } from "../../src/analysis/receipt/verify.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { builtInRuleSets } from "../../src/rules/load.js";
import { books, offsets } from "../properties/books.js";

type Node = Record<string, unknown> & { children?: Node[]; hash?: string };

const snapshot = {
  asOf: "2026-11-20T16:00:00-05:00",
  rates: 0.04,
  underlyings: [
    { symbol: "SPX", price: 5000 },
    { symbol: "SPY", price: 500 },
    { symbol: "QQQ", price: 400 },
    { symbol: "XYZ", price: 40 },
    { symbol: "XYZ-PR", price: 210, converts_to: "XYZ", conversion_ratio: 5 },
    { symbol: "OTC", price: 3, margin_eligible: false },
  ],
  options: [
    { symbol: "SPX   261218P04800000", bid: 40, ask: 41 },
    { symbol: "XYZ   261218C00050000", price: 0.05 },
  ],
  accounts: [{ account: "A", cash: 100_000, equity_other: 500 }],
  positions: [
    { account: "A", symbol: "SPX   261218P04800000", quantity: -2 },
    { account: "A", symbol: "SPY", quantity: 300 },
    { account: "A", symbol: "QQQ", quantity: -100 },
    { account: "A", symbol: "XYZ-PR", quantity: 100 },
    { account: "A", symbol: "XYZ   261218C00050000", quantity: 10 },
    { account: "A", symbol: "OTC", quantity: 1000 },
    { account: "B", symbol: "XYZ", quantity: 100 },
    { account: "B", symbol: "NONE", quantity: 1 },
  ],
};

let engine: Engine;
let receipt: Receipt;
beforeAll(async () => {
  engine = await loadEngine();
  receipt = engine.receipt(snapshot);
});

const copy = <Value>(value: Value): Value => structuredClone(value);

/** Every node with the nodes above it, the deepest last. */
function nodesOf(node: Node, above: Node[] = []): { node: Node; above: Node[] }[] {
  const below = (node.children ?? []).flatMap((child) => nodesOf(child, [...above, node]));
  return [{ node, above }, ...below];
}

/** Makes the hashes right again, as somebody would who wants a change to pass. */
function rehashed(document: Receipt): Receipt {
  const whole = nodesOf(document.run).toReversed();
  for (const { node } of whole) node.hash = nodeHash(node);
  document.root = rootHash(document);
  return document;
}

/** All places of a value in a document, as paths. */
function placesOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, entry]) =>
    placesOf(entry, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function changeAt(document: object, path: readonly (string | number)[]): void {
  const holder = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>(
      (found, key) => found[key] as Record<string, unknown>,
      document as Record<string, unknown>,
    );
  const key = path.at(-1) ?? "";
  holder[key] = changed(holder[key]);
}

function changed(value: unknown): unknown {
  if (typeof value === "number")
    return value === 0 ? 1 : value * (1 + 2e-16) === value ? value * (1 + 1e-15) : value * (1 + 2e-16);
  if (typeof value === "boolean") return !value;
  if (value === null) return 0;
  return typeof value === "string" ? `${value}x` : value;
}

describe("a receipt", () => {
  test("holds, and says the same twice", () => {
    expect(verifyReceipt(receipt)).toBeNull();
    expect(JSON.stringify(engine.receipt(snapshot))).toBe(JSON.stringify(receipt));
    expect(verifyReceipt(JSON.parse(JSON.stringify(receipt)))).toBeNull();
  });

  test("has every kind of node but house tests here, and those under house rules", () => {
    const kinds = (document: Receipt) => new Set(nodesOf(document.run).map(({ node }) => node["kind"]));
    const common = ["run", "account", "portfolioGroup", "productGroup", "classGroup", "position"];
    expect(kinds(receipt)).toEqual(new Set([...common, "notEligible", "conversionLoss"]));
    const house = builtInRuleSets().find((name) => name.startsWith("house-"))!;
    expect(kinds(engine.receipt(snapshot, { rules: house }))).toContain("houseTest");
  });

  test("the last bit of any number, a letter of any text, found anywhere", () => {
    const places = placesOf(receipt);
    expect(places.length).toBeGreaterThan(300);
    for (const path of places) {
      const document = copy(receipt);
      changeAt(document, path);
      expect([path.join("."), verifyReceipt(document) !== null]).toEqual([path.join("."), true]);
    }
  });

  test("a node taken out, put in twice, or moved, with every hash made right", () => {
    const parents = nodesOf(receipt.run).flatMap(({ node }, i) =>
      (node.children ?? []).length > 0 ? [i] : [],
    );
    for (const i of parents) {
      const without = copy(receipt);
      nodesOf(without.run)[i]!.node.children!.pop();
      expect(verifyReceipt(rehashed(without))).not.toBeNull();
      const twice = copy(receipt);
      const { children } = nodesOf(twice.run)[i]!.node;
      children!.push(copy(children![0]!));
      expect(verifyReceipt(rehashed(twice))).not.toBeNull();
    }
  });

  // What no sum holds: facts of a position and of the head, names, texts. They are for the hash, or for --recompute.
  const derived: Readonly<Record<string, readonly string[]>> = {
    run: ["accounts", "incompleteAccounts", "marketValueUsd", "cashUsd", "equityUsd", "requirementUsd"],
    account: ["marketValueUsd", "equityUsd", "regulatoryUsd", "requirementUsd", "excessUsd", "status"],
    portfolioGroup: ["offset", "scanLossUsd", "minimumUsd", "requirementUsd", "binding", "costUsd"],
    productGroup: ["costUsd"],
    classGroup: ["minimumUsd", "costUsd"],
    position: ["quantity", "multiplier", "priceUsd", "marketValueUsd", "minimumUsd", "instrument"],
    notEligible: ["marketValueUsd", "shareOfValue", "requirementUsd"],
    conversionLoss: ["quantity", "lossPerUnitUsd", "requirementUsd"],
  };

  test("a figure that does not follow from what is below, with every hash made right: the node is named", () => {
    const nodes = nodesOf(receipt.run);
    const seen = new Set<string>();
    nodes.forEach(({ node }, i) => {
      for (const key of derived[String(node["kind"])] ?? []) {
        const document = copy(receipt);
        const target = nodesOf(document.run)[i]!.node;
        const value = target[key];
        if (value === null || (key === "offset" && (target.children ?? []).length < 2)) continue;
        if (key === "multiplier" && target["instrument"] === "future") continue;
        const others: Record<string, unknown> = {
          complete: "incomplete",
          incomplete: "complete",
          scan_loss: "minimum",
          minimum: "none",
          none: "minimum",
          share: "option",
          option: "share",
          future: "share",
        };
        target[key] = typeof value === "number" ? value + 1 : others[value as string];
        const fault = verifyReceipt(rehashed(document));
        expect([node["kind"], node["id"], key, fault !== null]).toEqual([
          node["kind"],
          node["id"],
          key,
          true,
        ]);
        seen.add(`${String(node["kind"])}.${key}`);
      }
    });
    const all = Object.entries(derived).flatMap(([kind, keys]) => keys.map((key) => `${kind}.${key}`));
    expect(all.filter((name) => !seen.has(name))).toEqual([]);
  });

  test("profits at every level, with every hash made right", () => {
    for (const kind of ["portfolioGroup", "productGroup", "classGroup"]) {
      const document = copy(receipt);
      const { node } = nodesOf(document.run).find((found) => found.node["kind"] === kind)!;
      (node["profitUsd"] as number[])[3]! -= 100;
      const fault = verifyReceipt(rehashed(document));
      expect(fault?.what).toContain("profitUsd");
      expect(fault?.path.at(-1)).toContain(kind);
    }
  });

  test("what no sum holds is found by computing again, and named", () => {
    const other = {
      ...snapshot,
      underlyings: snapshot.underlyings.map((row) => (row.symbol === "QQQ" ? { ...row, price: 401 } : row)),
    };
    expect(firstDifference(receipt, engine.receipt(snapshot))).toBeNull();
    const found = firstDifference({ ...engine.receipt(other), inputHash: receipt.inputHash }, receipt);
    expect(found?.path.at(-1)).toBe("position QQQ");
    expect(found?.what).toMatch(/^priceUsd: recomputed as 400$/);
    expect(firstDifference(engine.receipt(other), receipt)?.what).toContain("inputHash");
  });

  test("holds for random books, rule sets, readings and house rules", () => {
    const law = property(
      books({ american: false, priced: true }),
      offsets,
      constantFrom("reduced", "remainder"),
      constantFrom("portfolio_group", "class_group"),
      (book, { engine: rules }, carriedGain, minimumPer) => {
        const found = engine.receipt(book, { rules: { ...rules, readings: { carriedGain, minimumPer } } });
        expect(verifyReceipt(found)).toBeNull();
      },
    );
    assert(law, { numRuns: 60 });
    for (const rules of builtInRuleSets())
      expect(verifyReceipt(engine.receipt(snapshot, { rules }))).toBeNull();
  });

  test("is read in any order of keys, and nothing else than a receipt is taken for one", () => {
    const turned = JSON.parse(
      JSON.stringify(receipt, (_, value: unknown) =>
        value !== null && typeof value === "object" && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).toReversed())
          : value,
      ),
    ) as unknown;
    expect(verifyReceipt(turned)).toBeNull();
    for (const document of [
      null,
      [],
      {},
      { ...receipt, more: 1 },
      { ...receipt, format: "plimsoll-receipt/2" },
    ])
      expect(verifyReceipt(document)?.what).toMatch(/^shape: /);
  });
});

test("canonical form: keys in code-unit order, shortest numbers, no blanks (RFC 8785)", () => {
  // The number and sorting samples of the RFC's appendix B and section 3.2.3.
  expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
    "[333333333.3333333,1e+30,4.5,0.002,1e-27,0]",
  );
  expect(canonicalJson({ "\u20ac": 1, "\r": 2, "1": 3, "\u0080": 4, "\u00f6": 5 })).toBe(
    '{"\\r":2,"1":3,"\u0080":4,"\u00f6":5,"\u20ac":1}',
  );
  for (const value of [Number.NaN, Infinity, undefined, () => 0])
    expect(() => canonicalJson([value])).toThrow(TypeError);
  const law = property(integer(), (n) => {
    expect(JSON.parse(canonicalJson(n / 7))).toBe(n / 7);
  });
  assert(law);
});

test("docs/receipt.schema.json is the schema that the verifier reads by", () => {
  const file = fileURLToPath(new URL("../../docs/receipt.schema.json", import.meta.url));
  const text = `${JSON.stringify(z.toJSONSchema(receiptSchema), null, 2)}\n`;
  if (process.env["WRITE_DOCS"] === "1") writeFileSync(file, text);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(text));
});
