import { packageVersion } from "./basics/package-version.js";
import type { BookResult } from "./books/book-result.js";
import { marginOfBook } from "./books/margin-of-book.js";
import type { BookOptions } from "./books/request.js";
import { loadSideTables } from "./books/side-tables.js";
import { checkedThreads, type EngineOptions } from "./engine-options.js";
import type { StrategyMargin } from "./requirement/run.js";
import { compiledRuleSet, defaultRules, type RuleSet } from "./rules/compiled.js";
import type { TableFiles } from "./tables/read-tables.js";
import type { InputTables } from "./tables/table.js";
import { Valuation } from "./valuation/valuation.js";
import { WorkerPool } from "./workers/worker-pool.js";

/** `Engine.book` by itself. */
export interface BookEngine {
  book(files: TableFiles, options?: BookOptions): Promise<BookResult | null>;
  close(): Promise<void>;
}

/**
 * What a command needs for a book as columns, and no more: the readers of rule files, strategy-based margin and all that a
 * tree is asked for load when a book wants them. Loading them takes longer than the margin of a thousand accounts.
 */
export async function loadBookEngine(options: EngineOptions = {}): Promise<BookEngine> {
  const threads = checkedThreads(options);
  const valuation = await Valuation.load();
  const pool = new WorkerPool(valuation.kernel, threads);
  const margin = { engineVersion: packageVersion(), strategyMargin };
  return {
    book: async (files, asked = {}) => {
      const rulesFor = async ({ rules }: InputTables): Promise<RuleSet> =>
        ruleSet(asked.rules ?? rules ?? defaultRules);
      const sideTables = loadSideTables(files);
      // Whoever waits for them hears of it; what failed before they were needed is told first.
      sideTables.catch(() => null);
      try {
        const request = { files, margin, rulesFor, sideTables, ...asked };
        return await marginOfBook(request, { valuation, pool });
      } finally {
        await Promise.allSettled([sideTables]);
      }
    },
    close: async () => pool.close(),
  };
}

async function ruleSet(asked: unknown): Promise<RuleSet> {
  const compiled = typeof asked === "string" ? compiledRuleSet(asked) : null;
  return compiled ?? (await import("./rules/load.js")).loadRuleSet(asked);
}

async function strategyMargin(): Promise<StrategyMargin> {
  return (await import("./analysis/strategy-side.js")).strategyMargin();
}
