import { readAsOf } from "../basics/dates.js";
import { type Failure, MarginError } from "../basics/failure.js";
import { canonicalSymbol, canonicalSymbols } from "../contracts/contract-master.js";
import { buildBook } from "../positions/book.js";
import { unlistedAccounts } from "../requirement/account-failures.js";
import { asksForGreeks } from "../requirement/house/position-size-test.js";
import type { MarginRequest } from "../requirement/run.js";
import { type PreparedRisk, type ResolvedRisk, resolveRisk, valueRisk } from "../risk/prepare.js";
import type { RuleSet } from "../rules/load.js";
import { type GroupPlace, type ProductTable, productTable, withProductGroups } from "../rules/products.js";
import { leftFile } from "../tables/file-bytes.js";
import { loadColumnFiles } from "../tables/load-files.js";
import { readTableFiles, type TablesRead } from "../tables/read-tables.js";
import type { Table } from "../tables/table.js";
import { type AccountList, accountsOfTable, type PlainAccounts } from "./account-list.js";
import { type BookLayout, layOutBook } from "./layout.js";
import { agreedMarksOf, firstRowsOf } from "./ask-positions.js";
import type { PositionsSource } from "./positions-source.js";
import type { BookEngine, BookRequest } from "./request.js";
import { filesBeside } from "./side-tables.js";
import { specialContracts } from "./special-accounts.js";

/** A book whose contracts are valued, before its positions are read. */
export interface PreparedBook {
  readonly asOf: string;
  readonly request: MarginRequest;
  readonly prepared: PreparedRisk;
  /** Contract row by the code that a lot has as it is read; -1 without. */
  readonly rowOfCode: Int32Array;
  readonly accounts: AccountList;
  readonly layout: BookLayout;
  /** By contract row: see `specialContracts`. */
  readonly special: Uint8Array;
  readonly placeOf: (classGroup: string) => GroupPlace;
  /** By account: 1 = something it holds, or its own row, cannot be used. */
  readonly incomplete: Uint8Array;
  readonly failures: readonly Failure[];
  readonly notes: readonly string[];
}

/** Where the bulk of a book lies. */
export interface BookSources {
  readonly source: PositionsSource;
  /** Null where the accounts table has to be read cell by cell. */
  readonly plain: PlainAccounts | null;
}

/**
 * Reads everything but the plain positions, values the contracts that are held, and lays out the groups.
 *
 * @throws MarginError `AS_OF_MISSING`, `AS_OF_INVALID`, and what reading the tables gives.
 */
export async function prepareBook(
  request: BookRequest,
  sources: BookSources,
  { valuation, pool }: BookEngine,
): Promise<PreparedBook> {
  const { source } = sources;
  pool.expect(source.rowCount * usALot + source.symbols.length * usAContract);
  const resolved = await resolveBook(request, sources);
  const { read, accounts, asOf, rules, products, symbols, risk } = resolved;
  const { result: prepared, notes } = await pool.finish(valueRisk(risk, valuation));
  const { productGroupOf } = prepared.theoretical;
  const placed = productGroupOf.size === 0 ? rules : withProductGroups(rules, productGroupOf);
  const placeOf = (id: string): GroupPlace => places.placeOf(id);
  const places = placed === rules ? products : productTable(placed);
  const special = specialContracts(prepared);
  const failures = await failuresOf(read, prepared, accounts, source);
  const { margin, dividendModel = "spot" } = request;
  const { tables } = read;
  return {
    asOf,
    request: {
      engineVersion: margin.engineVersion,
      strategyMargin: special.includes(1) ? await margin.strategyMargin() : noStrategies,
      tables,
      readFailures: read.failures,
      rules: placed,
      dividendModel,
    },
    prepared,
    rowOfCode: contractRows(source, symbols, prepared),
    accounts,
    layout: layOutBook(prepared, { inGroup: nettedContracts(prepared), apart: special }, placed, placeOf),
    special,
    placeOf,
    incomplete: incompleteAccounts(failures, accounts, { positions: tables.positions, prepared }),
    failures,
    notes,
  };
}

/** A book's tables and contracts before anything is valued. */
interface ResolvedBook {
  readonly read: TablesRead;
  readonly accounts: AccountList;
  readonly asOf: string;
  readonly rules: RuleSet;
  readonly products: ProductTable;
  /** Canonical, aligned with the symbols of the positions. */
  readonly symbols: readonly string[];
  readonly risk: ResolvedRisk;
}

async function resolveBook(request: BookRequest, { source, plain }: BookSources): Promise<ResolvedBook> {
  const { rulesFor, onProgress, dividendModel = "spot" } = request;
  const rows = source.rowCount;
  onProgress?.({ name: "read tables", done: 0, of: 1, rows });
  const read = await readAround(request, source, plain);
  const { tables } = read;
  const accounts = await (plain === null ? accountsOfTable(source, tables.accounts) : plain.list());
  const rules = await rulesFor(tables);
  const asOf = readAsOf(tables.asOf);
  if ("code" in asOf) throw new MarginError([asOf]);
  onProgress?.({ name: "value contracts", done: 0, of: 1, rows });
  const products = productTable(rules);
  const symbols = canonicalSymbols(source.symbols.map((text) => text.trim()));
  const risk = resolveRisk({
    tables,
    readFailures: read.failures,
    asOfMs: asOf.epochMs,
    rules,
    products,
    symbols,
    marks: source.hasMarks ? await agreedMarksOf(source) : new Map<string, number>(),
    dividendModel,
    withGreeks: rules.houseRules !== undefined && asksForGreeks(rules.houseRules),
  });
  return { read, accounts, asOf: asOf.text, rules, products, symbols, risk };
}

/** Kernel work of a book at least, microseconds: see `callUs`; of a contract ten American values. */
const usALot = 0.015;
const usAContract = 4;

/** Of a book without special contracts: nothing is computed as trees. */
function noStrategies(): never {
  throw new TypeError("strategy-based margin of a book that has no special contracts");
}

/** Every table, of the positions the odd rows alone, of plain accounts none. */
async function readAround(
  { files, sideTables, hashesInput = true }: Pick<BookRequest, "files" | "sideTables" | "hashesInput">,
  source: PositionsSource,
  plain: PlainAccounts | null,
): Promise<TablesRead> {
  const loaded = new Map(await sideTables);
  const others = filesBeside(files, plain === null ? ["positions"] : ["positions", "accounts"]);
  const missing = others.filter((file) => !loaded.has(file));
  for (const [file, content] of await loadColumnFiles(missing, source.connection)) loaded.set(file, content);
  for (const [file, content] of await source.oddRows()) loaded.set(file, () => content);
  for (const [file, content] of plain?.files ?? []) loaded.set(file, () => leftFile(file, content));
  return readTableFiles(files, loaded, { hashesInput });
}

/** 1 = the contract is in a group, by contract row. */
function nettedContracts({ unusable, notEligible }: PreparedRisk): Uint8Array {
  const netted = new Uint8Array(unusable.length);
  for (let row = 0; row < netted.length; row++)
    netted[row] = unusable[row] === 1 || notEligible[row] === 1 ? 0 : 1;
  return netted;
}

/** Contract rows by the codes that lots have; -1 where a failure names the contract, so that who holds it becomes incomplete. */
function contractRows(
  { codes }: PositionsSource,
  symbols: readonly string[],
  { contracts, problems }: Pick<PreparedRisk, "contracts" | "problems">,
): Int32Array {
  const rows = new Int32Array(1 + codes.reduce((most, code) => Math.max(most, code), -1)).fill(-1);
  let next = 0;
  for (let i = 0; i < codes.length; i++) {
    const symbol = symbols[i] ?? "";
    // Mostly they stand in the order of the contracts.
    const row = contracts.symbols[next] === symbol ? next : (contracts.rowOf.get(symbol) ?? -1);
    if (row >= 0) next = row + 1;
    const code = codes[i] ?? -1;
    if (code >= 0 && !problems.has(symbol)) rows[code] = row;
  }
  return rows;
}

/** As those of a run of trees: of the read, of contracts, of odd rows, of accounts. */
async function failuresOf(
  { tables, failures }: TablesRead,
  prepared: PreparedRisk,
  accounts: AccountList,
  source: PositionsSource,
): Promise<Failure[]> {
  const { contracts, classOrder } = prepared;
  const odd = buildBook({ positions: tables.positions, contracts, listedAccounts: [], classOrder });
  const unlisted = unlistedAccounts({
    request: { tables },
    book: { accounts: accounts.names },
    money: { has: accounts.hasRow },
  });
  return placedFailures([...failures, ...prepared.failures, ...odd.failures, ...unlisted], source);
}

/** Gives a failure that has a symbol and no place the first position in it. */
export async function placedFailures(all: readonly Failure[], source: PositionsSource): Promise<Failure[]> {
  const placeless = all.filter(isPlaceless);
  if (placeless.length === 0) return [...all];
  const firstRows = await firstRowsOf(
    source,
    placeless.map(({ symbol }) => symbol ?? ""),
  );
  return all.map((item) => (isPlaceless(item) ? { ...item, ...firstRows.get(item.symbol ?? "") } : item));
}

function isPlaceless({ symbol, file, column }: Failure): boolean {
  return symbol !== undefined && file === null && column === null;
}

/** Accounts that a failure names, and those whose odd rows name a contract that one does. */
function incompleteAccounts(
  failures: readonly Failure[],
  { names, numberOf }: AccountList,
  { positions, prepared }: { readonly positions: Table; readonly prepared: PreparedRisk },
): Uint8Array {
  const incomplete = new Uint8Array(names.length);
  const mark = (account: string | null | undefined): void => {
    const at = typeof account === "string" ? numberOf(account) : -1;
    if (at >= 0) incomplete[at] = 1;
  };
  for (const { account } of failures) mark(account);
  const symbols = positions.text("symbol");
  positions.text("account").forEach((account, row) => {
    if (prepared.problems.has(canonicalSymbol(symbols[row] ?? ""))) mark(account);
  });
  return incomplete;
}
