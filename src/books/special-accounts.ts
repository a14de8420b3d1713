import type { Failure } from "../basics/failure.js";
import { underlyingRows } from "../market/underlyings.js";
import { buildBook } from "../positions/book.js";
import { accountResults } from "../requirement/account-results.js";
import type { AccountMoney } from "../requirement/accounts.js";
import type { PreparedHouse } from "../requirement/house/house-layer.js";
import type { AccountResult } from "../requirement/result.js";
import type { MarginRequest, Run } from "../requirement/run.js";
import type { PreparedRisk } from "../risk/prepare.js";
import { TableBuilder } from "../tables/table-builder.js";
import type { LotColumns } from "../valuation/lot-columns.js";

/** Positions of the accounts that hold something a netting alone does not charge whole. */
export class SpecialPositions {
  readonly #table = new TableBuilder("positions");

  constructor() {
    this.#table.startFile({ file: null, line: () => null });
  }

  /** Adds lot `i` of a block as the position that it was read from; one with which nothing can be done is left out. */
  addLot(
    { account, contract, millionths, mark }: LotColumns,
    i: number,
    {
      nameOf,
      symbols,
    }: { readonly nameOf: (account: number) => string; readonly symbols: readonly string[] },
  ): void {
    const row = contract[i] ?? -1;
    if (row < 0) return;
    const price = mark?.[i] ?? Number.NaN;
    this.#table.addJsonRow({
      account: nameOf(account[i] ?? -1),
      symbol: symbols[row] ?? "",
      quantity: (millionths[i] ?? Number.NaN) / 1e6,
      price: Number.isNaN(price) ? null : price,
    });
  }

  get isEmpty(): boolean {
    return this.#table.count === 0;
  }

  /** The accounts as trees: the same path as a book of a few accounts takes. */
  results(sources: SpecialSources): AccountResult[] {
    const { request, prepared, money } = sources;
    const positions = this.#table.build();
    const { book } = buildBook({
      positions,
      contracts: prepared.contracts,
      listedAccounts: [],
      classOrder: prepared.classOrder,
    });
    const tables = { ...request.tables, positions };
    const ownMoney = new Map(book.accounts.map((account) => [account, money(account)]));
    return accountResults({
      asOf: sources.asOf,
      request: { ...request, tables, readFailures: [] },
      prepared,
      book,
      money: ownMoney,
      placeOf: sources.placeOf,
      bookFailures: [] as readonly Failure[],
      ...(sources.house === undefined ? {} : { house: sources.house }),
    });
  }
}

export interface SpecialSources extends Pick<Run, "asOf" | "placeOf"> {
  readonly request: MarginRequest;
  readonly prepared: PreparedRisk;
  readonly money: (account: string) => AccountMoney;
  /** The house rules of the run, where it has any. */
  readonly house?: PreparedHouse;
}

/**
 * By contract row: 1 = an account that holds it takes the path of trees. Shares that are not eligible and options on them,
 * convertibles at a loss, and what is not listed are charged by more than their scenarios.
 */
export function specialContracts({ contracts, market, notEligible }: PreparedRisk): Uint8Array {
  const underlyingRow = underlyingRows(contracts, market.underlyings);
  const special = new Uint8Array(contracts.count);
  for (let row = 0; row < special.length; row++) {
    const at = underlyingRow[contracts.underlyingAt[row] ?? -1] ?? -1;
    const loss = at < 0 ? 0 : (market.underlyings.conversionLoss[at] ?? 0);
    const losesInConversion = contracts.isOption[row] !== 1 && loss > 0;
    if (notEligible[row] === 1 || losesInConversion || contracts.isUnlisted[row] === 1) special[row] = 1;
  }
  return special;
}
