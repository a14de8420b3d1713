/** Levels at which a broker or a clearing house may state figures, from the whole down to one holding. */
export const levels = ["account", "portfolio_group", "product_group", "class_group", "symbol"] as const;
export type Level = (typeof levels)[number];

/** One line of somebody else's figures; `null` where it does not say. Amounts in USD, quantities signed. */
export interface ReferenceRow {
  /** `null`: the only account of the book. */
  readonly account: string | null;
  readonly level: Level;
  /** The account, group or symbol. */
  readonly id: string;
  readonly quantity: number | null;
  readonly multiplier: number | null;
  /** Per share or contract unit. */
  readonly price: number | null;
  readonly classGroup: string | null;
  readonly productGroup: string | null;
  readonly portfolioGroup: string | null;
  readonly minimumUsd: number | null;
  /** Share of gains that offsets losses: of a product group or a portfolio group. */
  readonly offset: number | null;
  readonly marginUsd: number | null;
  /** A house's extreme-move charge, which applies where it is the greater. */
  readonly extremeUsd: number | null;
}

/** Where the figures come from, by name. */
export type ReferenceFormat = "csv" | "tastytrade-margin-report" | "schwab-trader-api";

export interface Reference {
  readonly format: ReferenceFormat;
  readonly rows: readonly ReferenceRow[];
}

export const emptyRow: ReferenceRow = {
  account: null,
  level: "account",
  id: "",
  quantity: null,
  multiplier: null,
  price: null,
  classGroup: null,
  productGroup: null,
  portfolioGroup: null,
  minimumUsd: null,
  offset: null,
  marginUsd: null,
  extremeUsd: null,
};
