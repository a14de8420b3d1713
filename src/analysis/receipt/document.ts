import { z } from "zod";
import { canonicalHash } from "./canonical.js";

/** Version of the format: a change that an old verifier cannot read has another one. */
export const receiptFormat = "plimsoll-receipt/1";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const usd = z.number();
const perScenario = z.array(usd).min(1);

const common = { id: z.string(), hash };

const rule = z.strictObject({
  source: z.string(),
  paragraph: z.string().nullable(),
  standing: z.enum(["confirmed", "secondary", "derived", "unverified"]),
});

const worst = z.strictObject({
  index: z.int().min(1),
  label: z.string(),
  move: z.number(),
  volatilityMove: z.number(),
});

const position = z.strictObject({
  kind: z.literal("position"),
  ...common,
  instrument: z.enum(["share", "option", "future"]),
  quantity: z.number(),
  multiplier: z.number(),
  /** As quoted; `null` where nothing prices it. */
  priceUsd: usd.nullable(),
  /** Per square-root year. */
  volatility: z.number().nullable(),
  profitSource: z.enum(["theoretical", "model"]),
  marketValueUsd: usd,
  minimumUsd: usd,
  profitUsd: perScenario,
  costUsd: usd,
});

const classGroup = z.strictObject({
  kind: z.literal("classGroup"),
  ...common,
  portfolioType: z.string(),
  profitUsd: perScenario,
  minimumUsd: usd,
  worst,
  costUsd: usd,
  children: z.array(position),
});

const productGroup = z.strictObject({
  kind: z.literal("productGroup"),
  ...common,
  offset: z.number(),
  profitUsd: perScenario,
  costUsd: usd,
  children: z.array(classGroup),
});

const portfolioGroup = z.strictObject({
  kind: z.literal("portfolioGroup"),
  ...common,
  offset: z.number(),
  profitUsd: perScenario,
  worst,
  scanLossUsd: usd,
  minimumUsd: usd,
  requirementUsd: usd,
  binding: z.enum(["scan_loss", "minimum", "none"]),
  rule,
  costUsd: usd,
  children: z.array(productGroup),
});

const notEligible = z.strictObject({
  kind: z.literal("notEligible"),
  ...common,
  quantity: z.number(),
  marketValueUsd: usd,
  shareOfValue: z.number(),
  requirementUsd: usd,
});

const conversionLoss = z.strictObject({
  kind: z.literal("conversionLoss"),
  ...common,
  quantity: z.number(),
  lossPerUnitUsd: usd,
  requirementUsd: usd,
});

const strategySide = z.strictObject({
  kind: z.literal("strategySide"),
  ...common,
  positions: z.array(z.strictObject({ symbol: z.string(), quantity: z.number(), marketValueUsd: usd })),
  strategies: z.array(z.string()),
  requirementUsd: usd,
});

const houseTest = z.strictObject({
  kind: z.literal("houseTest"),
  ...common,
  test: z.string(),
  status: z.enum(["computed", "not_computed", "not_in_force"]),
  requirementUsd: usd.nullable(),
  addedUsd: usd,
  lossUsd: usd.nullable(),
  limitUsd: usd.nullable(),
  excessUsd: usd.nullable(),
  worst: z.string().nullable(),
  binding: z.boolean(),
  reason: z.string(),
  rule,
});

const account = z.strictObject({
  kind: z.literal("account"),
  ...common,
  status: z.enum(["complete", "incomplete"]),
  marketValueUsd: usd.nullable(),
  cashUsd: usd.nullable(),
  otherEquityUsd: usd.nullable(),
  equityUsd: usd.nullable(),
  /** The sum over groups and charges, rounded to cents. */
  regulatoryUsd: usd,
  requirementUsd: usd.nullable(),
  excessUsd: usd.nullable(),
  /** What sets the requirement where there are house rules: `regulatory`, or the id of a test. */
  setBy: z.string().nullable(),
  unverified: z.array(z.string()),
  failures: z.array(z.strictObject({ code: z.string(), value: z.string().nullable() })),
  children: z.array(z.union([portfolioGroup, notEligible, conversionLoss, strategySide, houseTest])),
});

const run = z.strictObject({
  kind: z.literal("run"),
  ...common,
  accounts: z.int().min(0),
  incompleteAccounts: z.int().min(0),
  marketValueUsd: usd,
  cashUsd: usd,
  equityUsd: usd,
  requirementUsd: usd,
  children: z.array(account),
});

/** A receipt: what a run found, every figure with the arithmetic below it. docs/receipt.md describes the format. */
export const receiptSchema = z.strictObject({
  format: z.literal(receiptFormat),
  asOf: z.string(),
  rules: z.strictObject({ name: z.string(), hash }),
  engine: z.strictObject({ version: z.string(), kernelHash: hash }),
  inputHash: hash,
  /** Figures of the rule set that the arithmetic needs. */
  figures: z.strictObject({
    minimum: z.strictObject({
      perUnitUsd: usd,
      cappedAtLongMarketValue: z.boolean(),
      appliesTo: z.enum(["all", "short_options"]),
    }),
    carriedGain: z.enum(["reduced", "remainder"]),
    minimumPer: z.enum(["portfolio_group", "class_group"]),
  }),
  notes: z.array(z.string()),
  run,
  root: hash,
});

export type Receipt = z.infer<typeof receiptSchema>;
export type RunNode = z.infer<typeof run>;
export type AccountNode = z.infer<typeof account>;
export type PortfolioGroupNode = z.infer<typeof portfolioGroup>;
export type ProductGroupNode = z.infer<typeof productGroup>;
export type ClassGroupNode = z.infer<typeof classGroup>;
export type PositionNode = z.infer<typeof position>;
export type NotEligibleNode = z.infer<typeof notEligible>;
export type ConversionLossNode = z.infer<typeof conversionLoss>;
export type StrategySideNode = z.infer<typeof strategySide>;
export type HouseTestNode = z.infer<typeof houseTest>;
export type ReceiptNode =
  RunNode | AccountNode | AccountNode["children"][number] | ProductGroupNode | ClassGroupNode | PositionNode;

/** The hash of a node: over the node itself, with the hashes of its children in their place. */
export function nodeHash(node: object): string {
  const own = Object.entries(node).filter(([key]) => key !== "hash");
  const entries = own.map(([key, value]) => [key, key === "children" ? hashesOf(value) : value]);
  return canonicalHash(Object.fromEntries(entries));
}

function hashesOf(children: readonly { readonly hash: string }[]): string[] {
  return children.map((child) => child.hash);
}

/** The hash of the whole document: over its head, with the hash of the run in its place. */
export function rootHash(receipt: Omit<Receipt, "root">): string {
  const { root: _, run: tree, ...head } = { root: "", ...receipt };
  return canonicalHash({ ...head, run: tree.hash });
}

/** A node with its hash. */
export function hashed<Node extends ReceiptNode>(node: Omit<Node, "hash">): Node {
  return { ...node, hash: nodeHash(node) } as Node;
}
