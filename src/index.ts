/**
 * Plimsoll: US portfolio margin, explained.
 *
 * @packageDocumentation
 */
export type {
  StressAccount,
  StressContribution,
  StressFirm,
  StressResult,
} from "./analysis/stress-result.js";
export type { StressScenarioInput } from "./analysis/stress-scenario.js";
export type {
  ComparedAccount,
  ComparedClassGroup,
  ComparedFigures,
  ComparedMarginResult,
  MarginComparison,
} from "./analysis/compare-reg-t.js";
export { diffBooks, type DiffOptions } from "./analysis/diff/diff-books.js";
export { bookOfReceipt, type ReceiptBook } from "./analysis/diff/receipt-book.js";
export type {
  DiffAccount,
  DiffChange,
  DiffInput,
  DiffPart,
  DiffResult,
  DiffSide,
  DiffStep,
  DiffStepName,
  DiffTotals,
  GroupBasis,
  MovedGroup,
  PositionChange,
} from "./analysis/diff/result.js";
export type { Receipt } from "./analysis/receipt/document.js";
export type {
  Cause,
  ReconcileAccount,
  ReconcileResult,
  ReconcileRow,
  ReconcileStep,
} from "./analysis/reconcile/result.js";
export { reconcileBook, type ReconcileOptions } from "./analysis/reconcile/reconcile-book.js";
export type { Level, ReferenceFormat } from "./analysis/reconcile/reference.js";
export { type RecomputeOptions, recomputeTheoretical } from "./analysis/recompute/recompute.js";
export type {
  RecomputeCause,
  RecomputeFinding,
  RecomputeResult,
  RecomputeTrial,
} from "./analysis/recompute/result.js";
export { type ReceiptFault, verifyReceipt } from "./analysis/receipt/verify.js";
export type { RegTAccountResult, RegTOptions, RegTReport } from "./analysis/reg-t-report.js";
export type { StressOptions } from "./analysis/stress-options.js";
export { parseTrade, type Trade } from "./analysis/trade.js";
export type { AccountFigures, ClassGroupChange, TradeResult, WhatIfResult } from "./analysis/what-if.js";
export { type ErrorCode, errorTable } from "./basics/error-table.js";
export { type Failure, MarginError, type Place } from "./basics/failure.js";
export type { AccountLabels } from "./broker-exports/account-labels.js";
export { type BrokerFormat, brokerFormats } from "./broker-exports/formats.js";
export {
  type BrokerExportFiles,
  type BrokerExportsLoaded,
  loadBrokerExports,
} from "./broker-exports/load-tables.js";
export type { CashFound, ExportReport, SkippedRows } from "./broker-exports/report.js";
export {
  type ClearingCell,
  type ClearingRow,
  readSpanFile,
  type SpanFile,
  type SpanOptions,
} from "./clearing-files/read-span.js";
export type { SpanScenario } from "./clearing-files/span-collector.js";
export type { PortfolioType } from "./contracts/product-defaults.js";
export { Engine, loadEngine } from "./engine.js";
export type { EngineOptions } from "./engine-options.js";
export type { BookAccounts, BookResult } from "./books/book-result.js";
export type { ClassGroupSums } from "./books/firm-sums.js";
export type { BookOptions, BookStep } from "./books/request.js";
export { compareRuns, type CompareRunsOptions } from "./books/store-compare.js";
export type {
  AccountOfRuns,
  AccountsOfRuns,
  ClassGroupOfRuns,
  RunCause,
  RunComparison,
  StoredAccount,
  StoredClassGroup,
} from "./books/store-comparison.js";
export { listRuns, type StoredRun } from "./books/store-list.js";
export { type RunStored, storeRun, type StoredAsked } from "./books/store-run.js";
export type { RiskArrayRow, RiskArraysResult } from "./report/risk-array-rows.js";
export type {
  DayTradingRegime,
  MinimumEquity,
  RegTFigures,
  RegTGroup,
  RegTLeg,
  RegTResult,
  RegTUnderlying,
} from "./reg-t/result.js";
export type { PointOfNoReturn, PositionSize } from "./requirement/house/context.js";
export type { HouseFigures, HouseTestResult } from "./requirement/house/result.js";
export type { MarginOptions } from "./requirement/run.js";
export type {
  AccountGreeks,
  AccountResult,
  ClassGroupResult,
  ConversionLossResult,
  MarginResult,
  NetGreeks,
  NotEligibleResult,
  PortfolioGroupResult,
  PositionResult,
  ProductGroupResult,
  RankedClassGroup,
  RuleReference,
  StrategySideResult,
  TheoreticalUse,
  Totals,
  WorstScenario,
} from "./requirement/result.js";
export { loadTableFiles } from "./tables/load-files.js";
export { readSnapshotFile, readTableFiles, type TableFiles, type TablesRead } from "./tables/read-tables.js";
export type { InputTableName, InputTables, Table, TableName } from "./tables/table.js";
export type { DividendModel } from "./valuation/escrowed.js";
export type { ImpliedVolatilityRow, OptionListRequest, PricedOption } from "./valuation/option-list.js";
export type { Accuracy, ImpliedVolatilityStatus } from "./valuation/valuation.js";
