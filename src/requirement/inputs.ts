import type { ContractMaster } from "../contracts/contract-master.js";
import type { Market } from "../market/market.js";
import type { Book } from "../positions/book.js";
import type { ClassGroupTotals } from "../risk/class-groups.js";
import type { ClassGroup } from "../risk/grid-set.js";
import type { RiskArrays } from "../risk/risk-arrays.js";
import type { TheoreticalValues } from "../risk/theoretical-values.js";
import type { GroupPlace } from "../rules/products.js";
import type { RuleSetDocument } from "../rules/schema.js";
import type { Scenario } from "../scenarios/grid.js";

/** Everything the trees of a book's accounts are built from. */
export interface PortfolioMarginInputs {
  readonly book: Book;
  readonly contracts: ContractMaster;
  readonly arrays: RiskArrays;
  readonly totals: ClassGroupTotals;
  readonly unusable: Uint8Array;
  readonly theoretical: TheoreticalValues;
  readonly classGroups: readonly ClassGroup[];
  readonly placeOf: (classGroup: string) => GroupPlace;
  readonly scenariosOf: (group: ClassGroup) => readonly Scenario[];
  readonly market: Market;
  readonly rules: Pick<RuleSetDocument, "readings" | "minimum" | "portfolioTypes" | "classGrids">;
}
