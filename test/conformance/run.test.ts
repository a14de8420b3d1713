import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { nodeHash, type Receipt, type ReceiptNode, rootHash } from "../../src/analysis/receipt/document.js";
import { verifyReceipt } from "../../src/analysis/receipt/verify.js";

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const run = (...command: string[]) =>
  spawnSync(process.execPath, [path("conformance/run.mjs"), ...command], { encoding: "utf8" });
const read = (name: string): unknown => JSON.parse(readFileSync(path(`conformance/${name}`), "utf8"));

interface Case {
  readonly what: string;
  readonly basis: string;
  readonly exit?: number;
  readonly codes?: readonly string[];
  readonly expected?: Readonly<Record<string, { readonly requirementUsd: number | null }>>;
  readonly exact?: boolean;
}
interface Found {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly receipt: Receipt | null;
}

const names = readdirSync(path("conformance/cases")).map((file) => file.replace(".json", ""));
const caseOf = (name: string): Case => read(`cases/${name}.json`) as Case;
const receiptOf = (name: string): Receipt => read(`receipts/${name}.json`) as Receipt;
const withReceipt = names.filter((name) => caseOf(name).expected !== undefined);

let faultOf: (receipt: unknown) => string | null;
let compareCase: (given: Case, found: Found, expected: Receipt | null) => string[];
beforeAll(async () => {
  ({ faultOf } = (await import(path("conformance/verify.mjs"))) as { faultOf: typeof faultOf });
  ({ compareCase } = (await import(path("conformance/compare.mjs"))) as { compareCase: typeof compareCase });
});

test("every conformance case holds for the built command, bit for bit where no model is at work", () => {
  const { status, stdout } = run("--exact", process.execPath, path("dist/cli/main.js"));
  expect(stdout).not.toContain("FAILS");
  expect(stdout.match(/^holds /gmu)).toHaveLength(names.length);
  expect(status).toBe(0);
}, 240_000);

test("a command that writes no receipt fails every case that it is asked", () => {
  const asked = ["shares", "reg-t-strategies", "missing-price", "unknown-account"];
  const { status, stdout } = run(
    ...asked.flatMap((name) => ["--case", name]),
    process.execPath,
    "--eval",
    "0",
  );
  expect(stdout.match(/^FAILS /gmu)).toHaveLength(asked.length);
  expect(status).toBe(1);
}, 60_000);

test("wrong use and unknown cases do not pass", () => {
  expect(run().status).toBe(2);
  expect(run("--case", "no-such-case", process.execPath).status).toBe(1);
});

test("the kit has books by hand, by independent calculation and of wrong input, each listed in its page", () => {
  const of = (start: string): number => names.filter((name) => caseOf(name).basis.startsWith(start)).length;
  expect(of("by hand")).toBeGreaterThanOrEqual(20);
  expect(of("independent calculation")).toBeGreaterThanOrEqual(7);
  expect(of("error code")).toBeGreaterThanOrEqual(20);
  expect(of("by hand") + of("independent calculation") + of("error code")).toBe(names.length);
  const page = readFileSync(path("conformance/README.md"), "utf8");
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  const receipts = readdirSync(path("conformance/receipts")).map((file) => file.replace(".json", ""));
  expect(receipts.toSorted()).toEqual(withReceipt.toSorted());
});

describe("the kit's own checks", () => {
  /** A run that gave exactly what the kit expects. */
  const passing = (name: string, receipt: Receipt = receiptOf(name)): Found => {
    const { exit = 0, codes = [] } = caseOf(name);
    return { status: exit, stdout: "", stderr: codes.map((code) => `${code}  words\n`).join(""), receipt };
  };
  type Node = ReceiptNode & { children?: Node[] };
  const nodesOf = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(nodesOf)];
  const rehashed = (receipt: Receipt): Receipt => {
    for (const node of nodesOf(receipt.run).toReversed()) node.hash = nodeHash(node);
    receipt.root = rootHash(receipt);
    return receipt;
  };

  test.each(withReceipt)("%s: its receipt passes here and by the verifier of the product", (name) => {
    expect(compareCase(caseOf(name), passing(name), receiptOf(name))).toEqual([]);
    expect(verifyReceipt(receiptOf(name))).toBeNull();
  });

  test("another exit code, another code, another requirement, a hash of another tree", () => {
    const given = caseOf("shares");
    const found = passing("shares");
    const expected = receiptOf("shares");
    expect(compareCase(given, { ...found, status: 1 }, expected)[0]).toContain("exit code");
    expect(compareCase(given, { ...found, stderr: "USAGE  no\n" }, expected)[0]).toContain("codes");
    const cent = { ...given, expected: { ...given.expected, LONG: { requirementUsd: 600.01 } } };
    expect(compareCase(cent, found, expected)).toEqual(["LONG requirementUsd: 600, not 600.01"]);
    const run = { ...expected.run, hash: "0".repeat(64) };
    expect(compareCase(given, found, { ...expected, run }).join()).toContain("hash of the tree");
  });

  test("a digit of any number of any node is found, by both verifiers, whether its hashes are made right or not", () => {
    for (const name of ["netting", "strategy-side", "convertible", "house-range", "not-eligible"]) {
      nodesOf(receiptOf(name).run).forEach((node, i) => {
        for (const [key, value] of Object.entries(node)) {
          if (typeof value !== "number") continue;
          const corrupt = receiptOf(name);
          Object.assign(nodesOf(corrupt.run)[i]!, { [key]: value + 1 });
          expect([name, node.id, key, faultOf(corrupt) !== null, verifyReceipt(corrupt) !== null]).toEqual([
            name,
            node.id,
            key,
            true,
            true,
          ]);
          const faults = compareCase(caseOf(name), passing(name, rehashed(corrupt)), receiptOf(name));
          expect([name, node.id, key, faults.length > 0]).toEqual([name, node.id, key, true]);
        }
      });
    }
  });

  test("what words may say otherwise: labels and reasons, with every hash made right", () => {
    const other = receiptOf("house-range");
    for (const node of nodesOf(other.run)) {
      if (node.kind === "portfolioGroup") node.worst.label = "in other words";
      if (node.kind === "houseTest") node.reason = "in other words";
    }
    const given = caseOf("house-range");
    expect(
      compareCase(
        { ...given, exact: false },
        passing("house-range", rehashed(other)),
        receiptOf("house-range"),
      ),
    ).toEqual([]);
  });
});
