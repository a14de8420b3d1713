// Worked examples of strategy-based margin, as records and as the input tables of a run.

export interface ExampleLeg {
  readonly kind: "call" | "put" | "stock";
  readonly qty: number;
  readonly strike?: number | null;
  readonly expiry?: string | null;
  readonly price: number;
  readonly multiplier: number;
  readonly underlyingPrice: number;
  /** What short stock was sold at. */
  readonly salePrice?: number;
}

export interface Example {
  readonly id: string;
  readonly underlyingKind: "equity" | "etf_broad" | "etf_narrow" | "index_broad" | "index_narrow";
  readonly leverage: number;
  readonly exerciseStyle: string;
  readonly asOf: string;
  readonly legs: readonly ExampleLeg[];
  readonly expected: Readonly<Record<string, number | null>>;
}

const products = {
  equity: { kind: "stock", portfolio_type: "equity" },
  etf_broad: { kind: "etf", portfolio_type: "broad_index" },
  etf_narrow: { kind: "etf", portfolio_type: "narrow_index" },
  index_broad: { kind: "index", portfolio_type: "broad_index" },
  index_narrow: { kind: "index", portfolio_type: "narrow_index" },
} as const;

/** The symbol that shares of an example are held under: an index has none, so a fund on it stands for it. */
const fund = "XYZF";

function symbolOf({ kind, strike, expiry }: ExampleLeg): string {
  const day = (expiry ?? "").slice(2).replaceAll("-", "");
  const thousandths = String(Math.round((strike ?? 0) * 1000)).padStart(8, "0");
  return `XYZ   ${day}${kind === "call" ? "C" : "P"}${thousandths}`;
}

/** The example as one account's snapshot: the premiums are the options' prices. */
export function snapshotOf(example: Example, accounts: object[] = []): object {
  const { legs, underlyingKind, leverage, exerciseStyle, asOf } = example;
  const price = legs[0]?.underlyingPrice;
  const isIndex = underlyingKind.startsWith("index");
  const own = { symbol: "XYZ", price, leverage, class_group: "XYZ", ...products[underlyingKind] };
  const tracking = { ...own, symbol: fund, kind: "etf" };
  const options = legs.filter(({ kind }) => kind !== "stock");
  return {
    asOf: `${asOf}T16:00:00-04:00`,
    rates: 0.04,
    underlyings: isIndex ? [own, tracking] : [own],
    options: options.map((leg) => ({
      symbol: symbolOf(leg),
      exercise: exerciseStyle,
      multiplier: leg.multiplier,
      price: leg.price,
    })),
    positions: legs.map((leg) => ({
      account: "A",
      symbol: leg.kind === "stock" ? (isIndex ? fund : "XYZ") : symbolOf(leg),
      quantity: leg.qty,
      ...(leg.salePrice === undefined ? {} : { trade_price: leg.salePrice }),
    })),
    accounts,
  };
}
