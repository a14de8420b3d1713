import type { Failure } from "../basics/failure.js";
import type { Book } from "../positions/book.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { RuleSet } from "../rules/load.js";
import type { GroupPlace } from "../rules/products.js";
import type { InputTables } from "../tables/table.js";
import type { DividendModel } from "../valuation/escrowed.js";
import type { PreparedHouse } from "./house/house-layer.js";
import type { StrategySideResult } from "./result.js";
import type { AccountMoney } from "./accounts.js";

/** What may be asked of a margin run. */
export interface MarginOptions {
  /**
   * Name of a built-in rule set, path of a rule file, or a rule set as a document. Default: the snapshot's own
   * `rules`, else `finra-4210g`.
   */
  readonly rules?: unknown;
  /** Only this account in the result. */
  readonly account?: string;
  /** How cash dividends enter a price; default `spot`. See docs/numerics.md. */
  readonly dividendModel?: DividendModel;
  /**
   * A file with figures of strategy-based margin of one's own, for what portfolio margin leaves to it and for the figures
   * beside it; `plimsoll rules reg-t` prints the built-in one.
   */
  readonly regTRules?: string;
}

/** Strategy-based margin of holdings of a book: of those that portfolio margin leaves to it. */
export type StrategyMargin = (
  holdings: readonly number[],
  run: Pick<Run, "prepared" | "book">,
) => Omit<StrategySideResult, "positions">;

/** What a margin run computes from. */
export interface MarginRequest {
  readonly tables: InputTables;
  readonly readFailures: readonly Failure[];
  readonly rules: RuleSet;
  /** Only these accounts in the result; every account where it is left out. */
  readonly account?: string;
  readonly engineVersion: string;
  readonly strategyMargin: StrategyMargin;
  /** Default `spot`. */
  readonly dividendModel?: DividendModel;
}

/** One run, once its contracts are valued and its book is laid out. */
export interface Run {
  /** As it was written. */
  readonly asOf: string;
  /** Its rule set holds the product groups that theoretical values name. */
  readonly request: MarginRequest;
  readonly prepared: PreparedRisk;
  readonly book: Book;
  readonly money: ReadonlyMap<string, AccountMoney>;
  readonly placeOf: (classGroup: string) => GroupPlace;
  readonly bookFailures: readonly Failure[];
  /** The house rules where they are ready already: a book in parts prepares them once. */
  readonly house?: PreparedHouse | null;
}
