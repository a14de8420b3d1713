import type { DuckDBConnection } from "@duckdb/node-api";
import { MarginError } from "../basics/failure.js";
import { pricePerShare } from "../contracts/contract-master.js";
import { withDuckDB } from "../tables/duckdb.js";
import type { LotColumns } from "../valuation/lot-columns.js";
import type { Netting } from "../valuation/netting.js";
import { moneyOf, plainAccounts } from "./account-list.js";
import { type BookResult, bookResult } from "./book-result.js";
import { BookFigures } from "./figures.js";
import { FirmSums } from "./firm-sums.js";
import { HouseAccounts } from "./house-accounts.js";
import { lotsByAccount } from "./lots.js";
import { accountsAPiece, netBlock } from "./net-book.js";
import { PositionsSource } from "./positions-source.js";
import { type BookSources, placedFailures, prepareBook, type PreparedBook } from "./prepare-book.js";
import { type AccountRange, readLots } from "./read-lots.js";
import type { BookEngine, BookRequest } from "./request.js";
import { SpecialPositions } from "./special-accounts.js";
import { TreeFigures } from "./tree-figures.js";
import { refuseUnreadable } from "./unreadable.js";

const defaultMemoryBytes = 4e9;
/** Measured on a book of 29 million lots (docs/performance.md): what a lot takes, and what a run takes without any. */
const bytesALot = 80;
const bytesOfRun = 8e8;

/**
 * Portfolio margin of every account of a book in Parquet files, as columns: each contract is valued once, class groups are
 * netted group by group, nothing becomes an object for each position. The same bits as the trees of `Engine.margin`.
 *
 * @returns null where the book asks for more than this path does: columns of unusual types.
 * @throws MarginError as `Engine.margin` and `loadTableFiles`, and `PACKAGE_MISSING`.
 */
export async function marginOfBook(request: BookRequest, engine: BookEngine): Promise<BookResult | null> {
  return withDuckDB(async (connection) => {
    try {
      return await marginOn(connection, request, engine);
    } catch (error) {
      if (!(error instanceof MarginError)) await refuseUnreadable(connection, request.files);
      throw error;
    }
  });
}

async function marginOn(
  connection: DuckDBConnection,
  request: BookRequest,
  engine: BookEngine,
): Promise<BookResult | null> {
  const { files } = request;
  const plain = await plainAccounts(connection, files.accounts ?? []);
  if (plain !== null) {
    const source = await PositionsSource.open(connection, files.positions, false);
    const result = source === null ? null : await netBook(request, { source, plain }, engine);
    if (result !== "unknown accounts") return result;
  }
  const source = await PositionsSource.open(connection, files.positions, true);
  const result = source === null ? null : await netBook(request, { source, plain: null }, engine);
  if (result === "unknown accounts") throw new Error("positions of accounts that are in no list");
  return result;
}

/** `unknown accounts` where positions name accounts that a list of plain ones does not have. */
async function netBook(
  request: BookRequest,
  sources: BookSources,
  engine: BookEngine,
): Promise<BookResult | "unknown accounts" | null> {
  const { source } = sources;
  const book = await prepareBook(request, sources, engine);
  const { prepared, accounts } = book;
  if (
    sources.plain !== null &&
    book.failures.some(({ account }) => account !== undefined && !accounts.hasRow(account))
  )
    return "unknown accounts";
  const figures = new BookFigures(accounts.names.length, book.layout, prepared);
  const firm = new FirmSums(
    prepared.classGroups.map(({ id }) => id),
    prepared.arrays.scenarioCount,
  );
  const special = new SpecialPositions();
  const trees = new TreeFigures();
  const notes: string[] = [...book.notes];
  const lotsAtOnce = ((request.memoryBytes ?? defaultMemoryBytes) - bytesOfRun) / bytesALot;
  const { accountsPerPiece = accountsAPiece } = request;
  const lotsAPiece = (source.rowCount / Math.max(1, accounts.names.length)) * accountsPerPiece;
  const pieces = Math.max(1, Math.floor(lotsAtOnce / Math.max(1, lotsAPiece)));
  const house = book.request.rules.houseRules === undefined ? null : new HouseAccounts(book, { trees, firm });
  const blocks = blocksOf(accounts.names.length, pieces * accountsPerPiece);
  let lotCount = 0;
  const netting = engine.valuation.netting(book.layout.netting);
  try {
    for (const [k, range] of blocks.entries()) {
      const told = { done: k, of: blocks.length, rows: source.rowCount };
      request.onProgress?.({ name: "read positions", ...told });
      const lots = await readLots(source, range, (shape) => engine.valuation.lots(shape));
      lotCount += lots.count;
      request.onProgress?.({ name: "net", ...told });
      if (house !== null) {
        await house.addBlock(lots, range, (part) => request.onProgress?.({ name: "net", ...told, part }));
        lots.release();
        continue;
      }
      const block = { lots, range, book, special, figures, firm, accountsPerPiece, netting };
      notes.push(...(await netRange(block, engine)));
    }
  } finally {
    netting.release();
  }
  if (lotCount !== (await source.usableCount())) return "unknown accounts";
  for (const tree of special.isEmpty ? [] : special.results({ ...book, money: moneyOf(accounts) })) {
    const at = accounts.numberOf(tree.account);
    const isIncomplete = book.incomplete[at] === 1;
    trees.add(at, tree, isIncomplete);
    if (!isIncomplete) firm.addTree(tree);
  }
  return bookResult(book, { figures, firm }, trees, {
    notes: [...new Set(notes)],
    kernelHash: engine.valuation.kernelHash,
    failures: [...book.failures, ...(await placedFailures(trees.failures, source))],
  });
}

/** Blocks of whole pieces, so that the firm's sums are the same however a book is cut. */
function blocksOf(accounts: number, size: number): AccountRange[] {
  const blocks: AccountRange[] = [];
  for (let first = 0; first < accounts; first += size)
    blocks.push({ first, end: Math.min(accounts, first + size) });
  return blocks;
}

interface Block {
  /** Released when it is netted. */
  readonly lots: LotColumns;
  readonly range: AccountRange;
  readonly book: PreparedBook;
  readonly special: SpecialPositions;
  readonly figures: BookFigures;
  readonly firm: FirmSums;
  readonly accountsPerPiece: number;
  readonly netting: Netting;
}

async function netRange(block: Block, { valuation, pool }: BookEngine): Promise<readonly string[]> {
  const { range, figures, netting, accountsPerPiece } = block;
  const { layout } = block.book;
  const accounts = netting.accounts(range.end - range.first);
  accounts.skip.set(skippedAccounts(block, accounts.count));
  const ordered = lotsByAccount(block.lots, accounts.count, valuation);
  try {
    const netted = { netting, layout, ordered, accounts, accountsPerPiece };
    const notes = await netBlock(netted, block.firm, (calls) => pool.run(calls));
    figures.addAccounts(accounts, range.first);
    return notes;
  } finally {
    ordered.lots.release();
    accounts.release();
  }
}

/**
 * Accounts of the block that the netting leaves out: incomplete ones, and special ones, whose positions are put aside. Marks
 * become prices per share.
 */
function skippedAccounts({ lots, range, book, special }: Block, count: number): Uint8Array {
  const { incomplete, prepared, accounts } = book;
  const isSpecial = new Uint8Array(count);
  for (let i = 0; i < lots.count; i++) {
    const contract = lots.contract[i] ?? -1;
    const account = lots.account[i] ?? 0;
    if (contract < 0) incomplete[range.first + account] = 1;
    else if (book.special[contract] === 1) isSpecial[account] = 1;
  }
  if (isSpecial.includes(1))
    for (let i = 0; i < lots.count; i++) {
      const account = lots.account[i] ?? 0;
      const contract = lots.contract[i] ?? -1;
      if (isSpecial[account] !== 1 || contract < 0) continue;
      const mark = lots.mark?.[i] ?? Number.NaN;
      special.add({
        account: accounts.names[range.first + account] ?? "",
        symbol: prepared.contracts.symbols[contract] ?? "",
        quantity: (lots.millionths[i] ?? Number.NaN) / 1e6,
        price: Number.isNaN(mark) ? null : mark,
      });
    }
  const { mark } = lots;
  if (mark !== null)
    for (let i = 0; i < lots.count; i++)
      if ((lots.contract[i] ?? -1) >= 0)
        mark[i] = pricePerShare(mark[i] ?? Number.NaN, lots.contract[i] ?? -1, prepared.contracts);
  return isSpecial.map((is, account) => is | (incomplete[range.first + account] ?? 0));
}
