/** The ranges of the rule are set by type, not by symbol. */
export const portfolioTypes = ["high_cap_broad_index", "broad_index", "narrow_index", "equity"] as const;
export type PortfolioType = (typeof portfolioTypes)[number];

export const underlyingKinds = ["stock", "etf", "index", "future"] as const;
export type UnderlyingKind = (typeof underlyingKinds)[number];
