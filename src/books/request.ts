import type { MarginRequest } from "../requirement/run.js";
import type { RuleSet } from "../rules/load.js";
import type { TableFiles } from "../tables/read-tables.js";
import type { InputTables } from "../tables/table.js";
import type { DividendModel } from "../valuation/escrowed.js";
import type { Valuation } from "../valuation/valuation.js";
import type { WorkerPool } from "../workers/worker-pool.js";

/** What is asked of a book. */
export interface BookRequest {
  readonly files: TableFiles;
  readonly rulesFor: (tables: InputTables) => RuleSet;
  readonly dividendModel?: DividendModel;
  readonly margin: Pick<MarginRequest, "engineVersion" | "strategyMargin">;
  /** Lots held in memory at once; a larger book runs in blocks of accounts. */
  readonly lotsAtOnce?: number;
  readonly onProgress?: (step: BookStep) => void;
}

/** What a run over a book is doing, and how much of it is done. */
export interface BookStep {
  readonly name: "read tables" | "value contracts" | "read positions" | "net" | "write";
  readonly done: number;
  readonly of: number;
}

export interface BookEngine {
  readonly valuation: Valuation;
  readonly pool: WorkerPool;
}
