import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, double, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../src/analysis/receipt/canonical.js";
import { nodeHash, type Receipt, type ReceiptNode, rootHash } from "../../src/analysis/receipt/document.js";
import { scratch } from "../cli/run.js";

const path = (name: string): string => fileURLToPath(new URL(`../../conformance/${name}`, import.meta.url));
const python = (args: string[], input = "") => spawnSync("python3", args, { encoding: "utf8", input });
const hasPython = python(["-c", "pass"]).status === 0;
const receipts = readdirSync(path("receipts"));

type Node = ReceiptNode & { children?: Node[] };
const nodesOf = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(nodesOf)];

describe.skipIf(!hasPython)("a verifier in another language (skipped where there is no python3)", () => {
  const files = scratch();

  test("finds every receipt of the kit to hold", () => {
    const { status, stdout } = python([
      path("verify.py"),
      ...receipts.map((name) => path(`receipts/${name}`)),
    ]);
    expect(stdout.match(/^holds /gmu)).toHaveLength(receipts.length);
    expect(status).toBe(0);
  });

  test("finds every number of a receipt that is changed, with the node, and sums where the hashes were made right", () => {
    const text = readFileSync(path("receipts/netting.json"), "utf8");
    const fresh = (): Receipt => JSON.parse(text) as Receipt;
    const corrupt: { file: string; id: string }[] = [];
    nodesOf(fresh().run).forEach((node, i) => {
      for (const [key, value] of Object.entries(node)) {
        if (typeof value !== "number") continue;
        const receipt = fresh();
        Object.assign(nodesOf(receipt.run)[i]!, { [key]: value === 0 ? 1 : value * (1 + 2 ** -52) });
        corrupt.push({ file: files.put(`${i}-${key}.json`, JSON.stringify(receipt)), id: node.id });
      }
    });
    const wrong = fresh();
    wrong.run.requirementUsd += 1;
    for (const node of nodesOf(wrong.run).toReversed()) node.hash = nodeHash(node);
    wrong.root = rootHash(wrong);
    corrupt.push({
      file: files.put("sums.json", JSON.stringify(wrong)),
      id: "requirementUsd does not follow",
    });
    const { status, stdout } = python([path("verify.py"), ...corrupt.map(({ file }) => file)]);
    const lines = stdout.trim().split("\n");
    expect([status, lines.length]).toEqual([1, corrupt.length]);
    corrupt.forEach(({ id }, i) => {
      expect(lines[i]).toMatch(/^FAILS /);
      expect(lines[i]).toContain(id);
    });
  });

  test("writes numbers and texts as the product does", () => {
    const values: unknown[] = [1e21, 1e-7, 1e-6, 123e20, 5e-324, 1.7976931348623157e308, -0, 0.1 + 0.2, 100];
    assert(property(double({ noNaN: true, noDefaultInfinity: true }), (x) => void values.push(x)));
    assert(property(string({ unit: "grapheme" }), (x) => void values.push(x)));
    const script =
      "import json, sys; sys.path.insert(0, sys.argv[1]); import verify; print(verify.canonical(json.load(sys.stdin, parse_int=float)))";
    const { stdout, stderr } = python(["-B", "-c", script, path("")], JSON.stringify(values));
    expect([stdout.trimEnd(), stderr]).toEqual([canonicalJson(values), ""]);
  });
});
