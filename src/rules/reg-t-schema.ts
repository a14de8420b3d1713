import { z } from "zod";
import { citation } from "./citation.js";

const percent = z.number().min(0).max(1000);
const usd = z.number().min(0);
const plain = z.strictObject({ percent, ...citation });
const short = z.strictObject({ percent, leastPercent: percent, ...citation });
const cited = z.strictObject(citation);

/** What the percentages of options go by. */
export const optionKinds = [
  "equity",
  "narrow_index",
  "broad_index",
  "broad_index_fund",
  "volatility_index",
  "exchange_traded_note",
  "foreign_currency",
  "interest_rate",
] as const;
export type OptionKind = (typeof optionKinds)[number];

const optionKind = z.enum(optionKinds);
const dayTrading = z.strictObject({
  regime: z.enum(["pattern_day_trader", "intraday_margin_standard"]),
  from: z.iso.date().optional(),
  until: z.iso.date().optional(),
  minimumEquityUsd: usd.nullable(),
  buyingPowerMultiple: z.number().min(1).optional(),
  restrictedMultiple: z.number().min(1).optional(),
  smallDeficitUsd: usd.optional(),
  smallDeficitPercent: percent.optional(),
  ...citation,
});

/** Figures of strategy-based margin, as a rule file says them. */
export const regTSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens"),
    title: z.string().min(1),
    effective: z.iso.date(),
    sources: z.record(z.string(), z.string().min(1)),
    stock: z.strictObject({
      longInitial: plain,
      longMaintenance: plain,
      shortInitial: plain,
      shortMaintenance: z.strictObject({ percent, leastUsdPerShare: usd, ...citation }),
      shortLowPriced: z.strictObject({ belowUsd: usd, percent, leastUsdPerShare: usd, ...citation }),
      notEligible: plain,
      leverageCap: plain,
    }),
    shortOptions: z.record(optionKind, short),
    kinds: z.array(z.strictObject({ symbol: z.string().min(1), kind: optionKind, ...citation })),
    otcOptions: z.strictObject({ equity: short, narrow_index: short, broad_index: short }),
    longOptions: z.strictObject({
      overMonths: z.int().min(0),
      percent,
      otcInTheMoneyPercent: percent,
      without: z.array(optionKind),
      ...citation,
    }),
    protected: z.strictObject({ strikePercent: percent, ...citation }),
    europeanBox: z.strictObject({ percent, ...citation }),
    convertibleCover: cited,
    warrantCover: plain,
    convertibleHedge: plain,
    escrow: cited,
    cashAccount: cited,
    account: z.strictObject({ minimumEquityUsd: usd, ...citation }),
    dayTrading: z.array(dayTrading),
    readings: z
      .strictObject({
        spreads: z.enum(["universal", "named", "two_leg"]).default("universal"),
        spreadExpiry: z.enum(["literal", "single_short_expiry", "same_expiry"]).default("literal"),
        broadIndexFunds: z.enum(["broad", "equity"]).default("broad"),
        /** Which side of a short straddle is the greater: by requirement with premium, or without it. */
        straddles: z.enum(["totals", "add_ons"]).default("totals"),
        /** Least requirement of a short option that nothing covers, USD a contract; a house rule. */
        leastPerContractUsd: usd.default(0),
        /** Whether a long option over nine months keeps its loan value in a spread. */
        pairedLoanValue: z.enum(["lost", "kept"]).default("lost"),
        /** Whether shares that are less than a contract's cover a part of one. */
        cover: z.enum(["whole", "partial"]).default("whole"),
        /** Whether shares of a tracking fund protect short index options. */
        trackingFunds: z.enum(["protect", "apart"]).default("protect"),
        /** Initial requirement of a reverse conversion whose strike is below the price sold at. */
        reverseConversions: z.enum(["tenth", "half"]).default("tenth"),
        /** Whether the 50 % of a short sale is left out beside a call at or below the price sold at. */
        shortSaleWithCall: z.enum(["full", "exempt"]).default("full"),
      })
      .prefault({}),
  })
  .superRefine((rules, context) => {
    for (const [path, source] of citedSources(rules))
      if (!(source in rules.sources))
        context.addIssue({
          code: "custom",
          path: [...path, "source"],
          message: `expected a key of sources, found ${source}`,
        });
  });

export type RegTDocument = z.infer<typeof regTSchema>;

/** Every entry with a source, by its place in the file. */
function citedSources(value: unknown, path: (string | number)[] = []): [(string | number)[], string][] {
  if (value === null || typeof value !== "object") return [];
  const own: [(string | number)[], string][] =
    "source" in value && typeof value.source === "string" ? [[path, value.source]] : [];
  const below = Object.entries(value).flatMap(([key, entry]) =>
    citedSources(entry, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [...own, ...below];
}
