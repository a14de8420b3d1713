import type { MarginRequest, StrategyMargin } from "../requirement/run.js";
import type { RuleSet } from "../rules/load.js";
import type { LoadedFiles, TableFiles } from "../tables/read-tables.js";
import type { InputTables } from "../tables/table.js";
import type { DividendModel } from "../valuation/escrowed.js";
import type { Valuation } from "../valuation/valuation.js";
import type { WorkerPool } from "../workers/worker-pool.js";

/** What may be asked of a run over a book. */
export interface BookOptions {
  /** As of `MarginOptions`. */
  readonly rules?: unknown;
  readonly dividendModel?: DividendModel;
  /** Bytes of memory that the run is to stay below, as far as it can: a larger book runs in blocks of accounts. Default 4 GB. */
  readonly memoryBytes?: number;
  readonly onProgress?: (step: BookStep) => void;
  /** False where nobody asks for the hash of the input, for which its files are read once more: it is empty then. Default true. */
  readonly hashesInput?: boolean;
  /** @internal Accounts of a piece of the firm's sums, a power of two: tests cut small books into blocks with it. */
  readonly accountsPerPiece?: number;
  /** @internal Positions from which on a book is read before its contracts are valued. */
  readonly leastAhead?: number;
}

/** A run over a book, as the engine asks for it. */
export interface BookRequest extends BookOptions {
  readonly files: TableFiles;
  /** Tables beside positions and accounts where they are being read already, while the positions are looked at. */
  readonly sideTables?: Promise<LoadedFiles>;
  readonly rulesFor: (tables: InputTables) => RuleSet | Promise<RuleSet>;
  readonly margin: Pick<MarginRequest, "engineVersion"> & {
    /** Asked for where the book has contracts that may need it. */
    readonly strategyMargin: () => StrategyMargin | Promise<StrategyMargin>;
  };
}

/** What a run over a book is doing, and how much of it is done. */
export interface BookStep {
  readonly name:
    "read tables" | "value contracts" | "read positions" | "order positions" | "net" | "write" | "store";
  readonly done: number;
  readonly of: number;
  /** Part of the step that is over, where it is told in between. */
  readonly part?: number;
  /** Positions of the whole run, where they have been counted. */
  readonly rows?: number;
}

export interface BookEngine {
  readonly valuation: Valuation;
  readonly pool: WorkerPool;
}
