import type { PortfolioType, UnderlyingKind } from "../basics/product-kinds.js";

export {
  type PortfolioType,
  portfolioTypes,
  type UnderlyingKind,
  underlyingKinds,
} from "../basics/product-kinds.js";

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
  /** USD per point of a future; 1 for all others. */
  readonly multiplier: number;
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
