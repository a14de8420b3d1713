import type { DuckDBConnection } from "@duckdb/node-api";
import { MarginError } from "../basics/failure.js";
import { withDuckDB } from "../tables/duckdb.js";
import { moneyOf, type PlainAccounts, plainAccounts } from "./account-list.js";
import { type BookResult, bookResult } from "./book-result.js";
import { BookFigures } from "./figures.js";
import { FirmSums } from "./firm-sums.js";
import { HouseAccounts } from "./house-accounts.js";
import { accountsAPiece } from "./net-book.js";
import { type BookSums, netRange } from "./net-range.js";
import type { AllAtOnce } from "./judge-rows.js";
import { PositionsSource } from "./positions-source.js";
import { type BookSources, placedFailures, prepareBook, type PreparedBook } from "./prepare-book.js";
import { type AccountRange, placeContracts, readLots } from "./read-lots.js";
import type { BookEngine, BookRequest } from "./request.js";
import { SpecialPositions } from "./special-accounts.js";
import { TreeFigures } from "./tree-figures.js";
import { refuseUnreadable } from "./unreadable.js";

const defaultMemoryBytes = 4e9;
/** Measured on a book of 29 million lots (docs/performance.md): what a lot takes, and what a run takes without any. */
const bytesALot = 80;
const bytesOfRun = 8e8;
/** Lots and holdings of a block have room in the kernel's 2 GiB of addresses, with marks of their own too. */
const mostPlainLots = 33_554_432;
const mostMarkedLots = 16_777_216;

/**
 * Portfolio margin of every account of a book in files, as columns: each contract is valued once, groups are netted one after
 * another, nothing becomes an object for each position. The same bits as the trees of `Engine.margin`.
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
    const allAtOnce = allAtOnceOf(request, plain, engine);
    const source = await PositionsSource.open(connection, files.positions, {
      checksAccounts: false,
      allAtOnce,
    });
    try {
      const result = source === null ? null : await netBook(request, { source, plain }, engine);
      if (result !== "unknown accounts") return result;
    } finally {
      source?.ahead?.lots.release();
    }
  }
  const source = await PositionsSource.open(connection, files.positions, { checksAccounts: true });
  const result = source === null ? null : await netBook(request, { source, plain: null }, engine);
  if (result === "unknown accounts") throw new Error("positions of accounts that are in no list");
  return result;
}

/** Positions from which on one pass over them is saved by more than it takes to number the symbols of all contracts. */
const leastAhead = 1_000_000;

/** How the lots of a book are read at once, unless it has to be cut into blocks. */
function allAtOnceOf(request: BookRequest, { count }: PlainAccounts, { valuation }: BookEngine): AllAtOnce {
  return {
    isRoomFor: (shape) => blocksOfBook(request, count, shape).length === 1,
    isAhead: ({ rowCount }) => rowCount >= (request.leastAhead ?? leastAhead),
    lots: (shape) => {
      request.onProgress?.({ name: "read positions", done: 0, of: 1, rows: shape.count });
      return valuation.lots(shape);
    },
    tables: request.files,
    accountCount: count,
  };
}

/** `unknown accounts` where positions name accounts that a list of plain ones does not have. */
async function netBook(
  request: BookRequest,
  sources: BookSources,
  engine: BookEngine,
): Promise<BookResult | "unknown accounts" | null> {
  const { source } = sources;
  if (source.ahead?.isWhole === false) return "unknown accounts";
  const book = await prepareBook(request, sources, engine);
  const { prepared, accounts } = book;
  if (
    sources.plain !== null &&
    book.failures.some(({ account }) => account !== undefined && !accounts.hasRow(account))
  )
    return "unknown accounts";
  const sums = {
    figures: new BookFigures(accounts.names.length, book.layout, prepared),
    firm: new FirmSums(
      prepared.classGroups.map(({ id }) => id),
      prepared.arrays.scenarioCount,
    ),
    special: new SpecialPositions(),
    trees: new TreeFigures(),
  };
  const { lotCount, notes } = await netBlocks(request, { source, book, sums }, engine);
  if (lotCount !== (await source.usableCount())) return "unknown accounts";
  addSpecial(sums, book);
  request.onProgress?.({ name: "write", done: 0, of: 1, rows: source.rowCount });
  return bookResult(book, sums, sums.trees, {
    notes: [...new Set([...book.notes, ...notes])],
    valuation: engine.valuation,
    failures: [...book.failures, ...(await placedFailures(sums.trees.failures, source))],
  });
}

interface BookRun {
  readonly source: PositionsSource;
  readonly book: PreparedBook;
  readonly sums: BookSums;
}

/** Reads and nets the accounts block by block; returns how many lots they have. */
async function netBlocks(
  request: BookRequest,
  { source, book, sums }: BookRun,
  engine: BookEngine,
): Promise<{ readonly lotCount: number; readonly notes: readonly string[] }> {
  const { accountsPerPiece = accountsAPiece } = request;
  const blocks = blocksOfBook(request, book.accounts.names.length, source);
  const house = book.request.rules.houseRules === undefined ? null : new HouseAccounts(book, sums);
  const notes: string[] = [];
  let lotCount = 0;
  const netting = engine.valuation.netting(book.layout.netting);
  try {
    for (const [k, range] of blocks.entries()) {
      const told = { done: k, of: blocks.length, rows: source.rowCount };
      const name = source.ahead === null ? "read positions" : "order positions";
      request.onProgress?.({ name, ...told });
      const lots =
        source.ahead?.lots ?? (await readLots(source, range, (shape) => engine.valuation.lots(shape)));
      placeContracts(lots, book.rowOfCode);
      lotCount += lots.count;
      const onNet = (): void => request.onProgress?.({ name: "net", ...told });
      if (house === null) {
        request.onProgress?.({ name: "order positions", ...told });
        const block = { lots, range, book, sums, accountsPerPiece, netting };
        notes.push(...(await netRange(block, engine, onNet)));
        continue;
      }
      const onPart = (part: number): void => request.onProgress?.({ name: "net", ...told, part });
      onPart(0);
      await house.addBlock(lots, range, onPart);
      lots.release();
    }
  } finally {
    netting.release();
  }
  return { lotCount, notes };
}

/** The accounts that were left out of the netting, as trees. */
function addSpecial({ special, trees, firm }: BookSums, book: PreparedBook): void {
  if (special.isEmpty) return;
  const { accounts } = book;
  for (const tree of special.results({ ...book, money: moneyOf(accounts) })) {
    const at = accounts.numberOf(tree.account);
    const isIncomplete = book.incomplete[at] === 1;
    trees.add(at, tree, isIncomplete);
    if (!isIncomplete) firm.addTree(tree);
  }
}

/** Blocks whose lots fit the memory, one piece at least. */
function blocksOfBook(
  { memoryBytes = defaultMemoryBytes, accountsPerPiece = accountsAPiece }: BookRequest,
  accounts: number,
  { rowCount: lots, hasMarks }: Pick<PositionsSource, "rowCount" | "hasMarks">,
): AccountRange[] {
  const mostLots = hasMarks ? mostMarkedLots : mostPlainLots;
  const lotsAtOnce = Math.min(mostLots, (memoryBytes - bytesOfRun) / bytesALot);
  const lotsAPiece = (lots / Math.max(1, accounts)) * accountsPerPiece;
  const pieces = Math.max(1, Math.floor(lotsAtOnce / Math.max(1, lotsAPiece)));
  return blocksOf(accounts, pieces * accountsPerPiece);
}

/** Blocks of whole pieces, so that the firm's sums are the same however a book is cut. */
function blocksOf(accounts: number, size: number): AccountRange[] {
  const blocks: AccountRange[] = [];
  for (let first = 0; first < accounts; first += size)
    blocks.push({ first, end: Math.min(accounts, first + size) });
  return blocks;
}
