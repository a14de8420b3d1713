import { comparedMargin, type ComparedMarginResult } from "./analysis/compare-reg-t.js";
import {
  pairedOf,
  regTReport,
  type RegTOptions,
  type RegTReport,
  type RegTRun,
} from "./analysis/reg-t-report.js";
import { listedScenarios, loadScenarios } from "./analysis/load-scenarios.js";
import { stress } from "./analysis/stress.js";
import type { StressResult } from "./analysis/stress-result.js";
import type { StressOptions } from "./analysis/stress-options.js";
import type { Receipt } from "./analysis/receipt/document.js";
import { makeReceipt } from "./analysis/receipt/make-receipt.js";
import { strategyMargin } from "./analysis/strategy-side.js";
import type { Trade } from "./analysis/trade.js";
import { whatIf, type WhatIfResult } from "./analysis/what-if.js";
import { checkedThreads, type EngineOptions } from "./engine-options.js";
import type { Failure } from "./basics/failure.js";
import { packageVersion } from "./basics/package-version.js";
import type { BookResult } from "./books/book-result.js";
import { marginOfBook } from "./books/margin-of-book.js";
import type { BookOptions } from "./books/request.js";
import { riskArrayRows, type RiskArraysResult } from "./report/risk-array-rows.js";
import { computeMargin, marginOfRun } from "./requirement/margin.js";
import { prepareRun } from "./requirement/prepare-run.js";
import type { MarginResult } from "./requirement/result.js";
import type { MarginOptions, MarginRequest } from "./requirement/run.js";
import type { PreparedRisk } from "./risk/prepare.js";
import { prepareAll } from "./risk/prepare-all.js";
import { defaultRules } from "./rules/compiled.js";
import { loadRuleSet, type RuleSet, RuleSets } from "./rules/load.js";
import { loadRegTRules } from "./rules/reg-t.js";
import { asTables } from "./tables/input.js";
import { readTable, type TableFiles } from "./tables/read-tables.js";
import type { InputTables } from "./tables/table.js";
import type { DividendModel } from "./valuation/escrowed.js";
import type { Steps } from "./valuation/kernel-call.js";
import {
  type ImpliedVolatilityRow,
  impliedVolatilityRows,
  type OptionListRequest,
  type PricedOption,
  priceOptions,
} from "./valuation/option-list.js";
import { Valuation } from "./valuation/valuation.js";
import { WorkerPool } from "./workers/worker-pool.js";

/** One loaded kernel and the questions asked of it. Holds no state of a run: calls do not see each other. */
export class Engine {
  readonly version: string;
  /** @internal */
  readonly valuation: Valuation;

  readonly #ruleSets = new RuleSets();
  readonly #pool: WorkerPool;

  /** @internal Use {@link loadEngine}. */
  constructor(valuation: Valuation, version: string, pool: WorkerPool = new WorkerPool(valuation.kernel, 1)) {
    this.valuation = valuation;
    this.version = version;
    this.#pool = pool;
  }

  /**
   * Portfolio margin of every account of a book.
   *
   * @param input A snapshot document (see docs/file-formats.md), or tables already read.
   * @returns The document of `plimsoll margin --json`: amounts in USD; `requirementUsd >= 0`, or `null` for an
   *   account that is incomplete. Bad rows are in `failures`, each with code, place, value and expectation.
   * @throws MarginError when nothing can be computed at all: `AS_OF_MISSING`, `AS_OF_INVALID`, `TABLE_MISSING`,
   *   `JSON_SHAPE`, `RULES_UNKNOWN`, `RULES_SYNTAX`, `RULES_INVALID`, `ACCOUNT_UNKNOWN`.
   * @see docs/methodology.md; FINRA Rule 4210(g).
   */
  margin(input: object, options: MarginOptions = {}): MarginResult {
    return this.valuation.finish(this.#margin(input, options));
  }

  /**
   * As {@link Engine.margin}, the contracts valued on the engine's worker threads: the same bytes. The calling thread stays
   * free while they work. Small books are computed on it all the same. When a worker fails, the result's `notes` say so.
   *
   * @throws MarginError as {@link Engine.margin}; the promise is rejected with it.
   */
  async marginOnThreads(input: object, options: MarginOptions = {}): Promise<MarginResult> {
    const { result, notes } = await this.#pool.finish(this.#margin(input, options));
    return notes.length === 0 ? result : { ...result, notes: [...result.notes, ...notes] };
  }

  /**
   * The receipt of a run: every figure with the arithmetic below it and a hash over both, so that others can re-add it and
   * two firms can compare one hash. See docs/receipt.md.
   *
   * @param result What {@link Engine.margin} gave for the same input and options.
   * @throws MarginError as {@link Engine.margin}.
   */
  receipt(
    input: object,
    options: MarginOptions = {},
    result: MarginResult = this.margin(input, options),
  ): Receipt {
    return makeReceipt(result, this.#rulesFor(asTables(input).tables, options));
  }

  /** Ends the worker threads, if any were started. The engine can still be used. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /**
   * Portfolio margin of every account of a book in files: one row an account, no tree. The same bits as
   * {@link Engine.margin}. See docs/books.md.
   *
   * @returns null where the book needs trees: columns of unusual types, text that is not a record a line.
   * @throws MarginError as {@link Engine.margin}, and `PACKAGE_MISSING`.
   */
  async book(files: TableFiles, options: BookOptions = {}): Promise<BookResult | null> {
    const margin = { engineVersion: this.version, strategyMargin: () => strategyMargin() };
    const rulesFor = (tables: InputTables): RuleSet => this.#rulesFor(tables, options);
    const { valuation } = this;
    return marginOfBook({ files, margin, rulesFor, ...options }, { valuation, pool: this.#pool });
  }

  #margin(input: object, options: MarginOptions): Steps<MarginResult> {
    return computeMargin(this.#request(input, options), this.valuation);
  }

  #request(input: object, options: MarginOptions): MarginRequest {
    const { tables, failures } = asTables(input);
    const rules = this.#rulesFor(tables, options);
    const { account, dividendModel = "spot", regTRules } = options;
    const asked = { rules, dividendModel, ...(account === undefined ? {} : { account }) };
    const common = { engineVersion: this.version, strategyMargin: strategyMargin(regTRules) };
    return { tables, readFailures: failures, ...common, ...asked };
  }

  /**
   * Strategy-based margin of every account: Regulation T and FINRA 4210(c), (f)(2), each underlying paired at the provable
   * minimum. See docs/reg-t.md.
   *
   * @throws MarginError as {@link Engine.margin}.
   */
  async regT(input: object, options: RegTOptions = {}): Promise<RegTReport> {
    return pairedOf(this.#regTRun(input, options), regTReport);
  }

  /**
   * Portfolio margin and strategy-based margin of every account side by side, with the difference and its reasons.
   *
   * @throws MarginError as {@link Engine.margin}.
   */
  async compareRegT(input: object, options: RegTOptions = {}): Promise<ComparedMarginResult> {
    return pairedOf(this.#regTRun(input, options), comparedMargin);
  }

  #regTRun(input: object, options: RegTOptions): Omit<RegTRun, "pairing"> {
    const run = this.valuation.finish(prepareRun(this.#request(input, options), this.valuation));
    return { run, margin: marginOfRun(run, this.valuation), rules: loadRegTRules(options.regTRules) };
  }

  /**
   * The risk array of every contract of the positions and options tables: profit or loss of ONE long contract (or
   * share) at each scenario of its portfolio type.
   *
   * @throws MarginError as {@link Engine.margin}.
   */
  riskArrays(input: object, options: Pick<MarginOptions, "rules" | "dividendModel"> = {}): RiskArraysResult {
    const read = asTables(input);
    const rules = this.#rulesFor(read.tables, options);
    const prepared = this.prepare(read, rules, options.dividendModel);
    return {
      scenarioCount: prepared.arrays.scenarioCount,
      rows: riskArrayRows(prepared, rules.minimum.perUnitUsd),
      failures: [...read.failures, ...prepared.failures],
    };
  }

  /**
   * Every contract of the positions and options tables as columns, before they become rows.
   *
   * @internal
   */
  prepare(
    input: object,
    rules: RuleSet = loadRuleSet(defaultRules),
    dividendModel: DividendModel = "spot",
  ): PreparedRisk {
    const steps = prepareAll(asTables(input), { rules, dividendModel }, this.valuation);
    return this.valuation.finish(steps);
  }

  /**
   * Requirement, equity and excess of one account before and after trades that were not made, and what each class group
   * costs.
   *
   * @param options `account` may be left out where the book has one.
   * @throws MarginError as {@link Engine.margin}, and `USAGE` without a trade or without an account in a book of several.
   */
  whatIf(input: object, options: MarginOptions & { readonly trades: readonly Trade[] }): WhatIfResult {
    const read = asTables(input);
    const { trades, account, ...rest } = options;
    return whatIf({
      read,
      trades,
      ...(account === undefined ? {} : { account }),
      margin: (tables, only) => this.margin(tables, { ...rest, account: only }),
    });
  }

  /**
   * Profit and loss of every account, and of all together, under scenarios of one's own: named moves, days of a history, or
   * both. Equity after the loss is held against 0 and against the requirement of the unmoved book.
   *
   * @throws MarginError as {@link Engine.margin}; `USAGE` without a scenario; `SCENARIOS_SYNTAX`, `SCENARIOS_INVALID`.
   */
  stress(input: object, options: StressOptions): StressResult {
    const { scenarios = [], history, worst = 10, recompute = false } = options;
    const past = history === undefined ? null : readTable("history", history);
    const asked = {
      margin: this.#request(input, options),
      scenarios: typeof scenarios === "string" ? loadScenarios(scenarios) : listedScenarios(scenarios),
      history: past === null ? null : { table: past.table, failures: past.failures },
      worst,
      recompute,
    };
    return this.valuation.finish(stress(asked, this.valuation));
  }

  #rulesFor(tables: InputTables, { rules }: Pick<MarginOptions, "rules">): RuleSet {
    return this.#ruleSets.get(rules ?? tables.rules ?? defaultRules);
  }

  /** Values and Greeks of a `contracts` table (`readTable("contracts", files)`), one row each in its order. */
  price(request: OptionListRequest): { rows: PricedOption[]; failures: Failure[] } {
    return priceOptions(request, this.valuation);
  }

  /** Volatilities of a `quotes` table, one row each in its order, each with a status. */
  impliedVolatilities(request: OptionListRequest): { rows: ImpliedVolatilityRow[]; failures: Failure[] } {
    return impliedVolatilityRows(request, this.valuation);
  }
}

/** Loads the kernel; a few milliseconds. Engines are independent of each other. Threads start with their first work. */
export async function loadEngine(options: EngineOptions = {}): Promise<Engine> {
  const threads = checkedThreads(options);
  const valuation = await Valuation.load();
  return new Engine(valuation, packageVersion(), new WorkerPool(valuation.kernel, threads));
}
