import { formatDay } from "../basics/dates.js";
import type { ErrorCode } from "../basics/error-table.js";
import type { ExportedContract } from "./contract-name.js";
import type { BrokerFormat } from "./formats.js";

/** One holding of an export, checked against itself. */
export interface Holding {
  readonly line: number | null;
  /** As the file writes it; never shown. */
  readonly account: string;
  readonly contract: ExportedContract;
  readonly quantity: number;
  /** USD per share or per unit of the contract, `null` where the file has none. */
  readonly price: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
}

/** A row that is a holding and could not be used; its account is incomplete. */
export interface Refused {
  readonly line: number | null;
  readonly account: string;
  /** The holding as the file names it. */
  readonly shown: string;
  readonly code: ErrorCode;
  readonly column: string | null;
  readonly value: string;
  readonly expected: string;
}

/** A price of an underlying that is stated beside the holdings. */
export interface UnderlyingPrice {
  readonly line: number | null;
  readonly symbol: string;
  readonly price: number;
}

/** When the file was made: what it says, and as much of it as can be relied on. */
export interface StatedTime {
  readonly text: string;
  /** Days since 1970-01-01. */
  readonly day: number | null;
  /** `HH:MM` in New York; `null` where the file names no zone. */
  readonly newYorkTime: string | null;
}

/** What a refusal says beside its code. */
export type RefusalDetails = {
  readonly line: number | null;
  readonly shown: string;
  readonly column?: string | null;
  readonly value?: string;
  readonly expected: string;
};

/** Gathers what a reader finds in one file. Accounts are as the file writes them until the tables are made. */
export class ExportCollector {
  readonly holdings: Holding[] = [];
  readonly refused: Refused[] = [];
  readonly underlyingPrices: UnderlyingPrice[] = [];
  readonly cash: { account: string; amountUsd: number; name: string; line: number | null }[] = [];
  readonly skipped = new Map<string, number[]>();
  readonly unknownSymbols = new Set<string>();
  readonly accounts = new Set<string>();
  readonly unusedColumns = new Set<string>();
  readonly notes = new Set<string>();
  readonly checked = { agree: 0, withinRounding: 0, untold: 0 };
  stated: StatedTime | null = null;
  /** Account of the rows that follow; the format's own name where the file names none. */
  account: string;

  constructor(
    readonly file: string,
    readonly format: BrokerFormat,
  ) {
    this.account = format;
  }

  startAccount(account: string): void {
    this.account = account;
    this.accounts.add(account);
  }

  skip(line: number, reason: string): void {
    const lines = this.skipped.get(reason);
    if (lines === undefined) this.skipped.set(reason, [line]);
    else lines.push(line);
  }

  /** A holding that cannot be used: reported, and its account is incomplete. */
  refuse(code: ErrorCode, { line, shown, column = null, value = shown, expected }: RefusalDetails): void {
    this.accounts.add(this.account);
    if (code === "SYMBOL_INVALID") this.unknownSymbols.add(shown);
    this.refused.push({ line, account: this.account, shown, code, column, value, expected });
  }

  addCash(line: number | null, amountUsd: number, name: string): void {
    this.accounts.add(this.account);
    this.cash.push({ account: this.account, amountUsd, name, line });
  }

  /** Keeps a holding; one of an option that had expired by the file's own date, at no value, is passed over. */
  addHolding(holding: Omit<Holding, "account">): void {
    this.accounts.add(this.account);
    const { contract } = holding;
    if ("saturday" in contract && contract.saturday !== null)
      this.note(
        holding.line,
        `its symbol names Saturday ${formatDay(contract.saturday)}; read as ${contract.symbol}, which expires on the Friday before`,
      );
    this.holdings.push({ ...holding, account: this.account });
  }

  note(line: number | null, text: string): void {
    this.notes.add(line === null ? text : `line ${line}: ${text}`);
  }
}
