/** The ranges of the rule are set by type, not by symbol. */
export const portfolioTypes = ["high_cap_broad_index", "broad_index", "narrow_index", "equity"] as const;
export type PortfolioType = (typeof portfolioTypes)[number];

export const underlyingKinds = ["stock", "etf", "index"] as const;
export type UnderlyingKind = (typeof underlyingKinds)[number];

export type Exercise = "american" | "european";

/** `am`: settles at the opening of its expiry day (09:30 New York); `pm`: at the close (16:00). */
export type Settlement = "am" | "pm";

/** What a rule set's product table says of an underlying. */
export interface ProductDefault {
  readonly kind: UnderlyingKind;
  readonly classGroup: string;
  readonly portfolioType: PortfolioType;
  /** Signed multiple of the class group's move. */
  readonly leverage: number;
}

/** What a rule set's product table says of an option root. */
export interface OptionRootDefault {
  readonly underlying: string;
  readonly exercise: Exercise;
  readonly settlement: Settlement;
}

/** Defaults for what the input tables leave open; the tables' own cells always win. */
export interface ProductDefaults {
  product(symbol: string): ProductDefault | undefined;
  optionRoot(root: string): OptionRootDefault | undefined;
  /** The type of a class group that the product table names. */
  classGroupType(classGroup: string): PortfolioType | undefined;
}
