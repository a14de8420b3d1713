/**
 * Plimsoll: US portfolio margin, explained.
 *
 * @packageDocumentation
 */
export type { ErrorCode } from "./basics/error-table.js";
export { type Failure, MarginError, type Place } from "./basics/failure.js";
export type { PortfolioType } from "./contracts/product-defaults.js";
export { Engine, loadEngine, type MarginOptions } from "./engine.js";
export type {
  AccountResult,
  ClassGroupResult,
  MarginResult,
  PortfolioGroupResult,
  PositionResult,
  ProductGroupResult,
  Totals,
  WorstScenario,
} from "./requirement/result.js";
export { readSnapshotFile, readTableFiles, type TableFiles, type TablesRead } from "./tables/read-tables.js";
export type { InputTables, Table } from "./tables/table.js";
export type { ImpliedVolatilityRow, OptionListRequest, PricedOption } from "./valuation/option-list.js";
export type { Accuracy, ImpliedVolatilityStatus } from "./valuation/valuation.js";
