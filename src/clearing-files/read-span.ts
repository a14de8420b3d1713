import { createReadStream } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { formatDay } from "../basics/dates.js";
import { type Failure, failure, MarginError } from "../basics/failure.js";
import { SpanCollector, type SpanContract, type SpanScenario } from "./span-collector.js";
import { SpanDocument } from "./span-document.js";

/** A cell of a table; `null` where there is nothing to say. */
export type ClearingCell = string | number | null;
/** A row of a table, by the column names of docs/file-formats.md. */
export type ClearingRow = Readonly<Record<string, ClearingCell>>;

/** What a SPAN risk parameter file holds, as tables of the neutral forms. */
export interface SpanFile {
  /** Business day `YYYY-MM-DD`; `null` where the file has none that can be read. */
  readonly day: string | null;
  readonly exchanges: readonly string[];
  readonly scenarios: readonly SpanScenario[];
  /** Whether the scenarios are SPAN's sixteen in their order, as the rule set `span-16` has them. */
  readonly isUsual: boolean;
  readonly theoretical: readonly ClearingRow[];
  readonly options: readonly ClearingRow[];
  readonly underlyings: readonly ClearingRow[];
  /** What was left out, each with line and symbol. */
  readonly failures: readonly Failure[];
}

export interface SpanOptions {
  /** Only contracts of this exchange, by its `exch`. */
  readonly exchange?: string;
}

/**
 * Reads a SPAN risk parameter file in its XML form (`.spn`, `.xml`; `.gz` behind) as a stream. Gains and losses of a risk
 * array, which counts losses of one long contract as positive, become profits per unit before the contract's value factor:
 *
 *     p(s) = -a(s) / cvf        price_scan = priceScan / cvf
 *
 * See docs/clearing-files.md for what stands where, and what of it is not confirmed.
 *
 * @throws MarginError `CLEARING_SYNTAX` (no XML, cut off, another document), `FILE_NOT_FOUND`, `FILE_UNREADABLE`;
 *   `USAGE` for an exchange that the file does not hold.
 */
export async function readSpanFile(file: string, { exchange }: SpanOptions = {}): Promise<SpanFile> {
  const collector = new SpanCollector(file);
  await parseInto(collector, file);
  const { exchanges, scenarios, day, failures } = collector;
  if (exchange !== undefined && !exchanges.has(exchange)) {
    const expected = [...exchanges].join(", ");
    throw new MarginError([failure("USAGE", { value: `no exchange ${exchange} in ${file}`, expected })]);
  }
  const tables = tablesOf(collector, exchange);
  return { day, exchanges: [...exchanges], scenarios, isUsual: isUsual(scenarios), ...tables, failures };
}

async function parseInto(collector: SpanCollector, file: string): Promise<void> {
  const document = new SpanDocument(file, collector);
  const decoder = new StringDecoder("utf8");
  const source = createReadStream(file);
  const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) document.write(decoder.write(chunk));
    document.write(decoder.end());
    document.end();
  };
  try {
    if (/\.gz$/i.test(file)) await pipeline(source, createGunzip(), consume);
    else await pipeline(source, consume);
  } catch (error) {
    throw readable(error, file);
  }
}

function readable(error: unknown, file: string): unknown {
  if (error instanceof MarginError || !(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  if (code.startsWith("Z_"))
    return new MarginError([
      failure("CLEARING_SYNTAX", { file, value: file, expected: "a whole gzip file" }),
    ]);
  const kind = code === "ENOENT" || code === "ENOTDIR" ? "FILE_NOT_FOUND" : "FILE_UNREADABLE";
  return new MarginError([failure(kind, { file, value: file, expected: "a readable file" })]);
}

function tablesOf(
  collector: SpanCollector,
  exchange: string | undefined,
): Pick<SpanFile, "theoretical" | "options" | "underlyings"> {
  const usable = collector.contracts.filter((contract) => {
    if (collector.isRefused(groupOf(contract, collector) ?? "")) return false;
    const { underlyingExchange: of, line, symbol } = contract;
    const isKnown = of === null || collector.exchanges.has(of);
    if (!isKnown) collector.unknownExchange(of, line, symbol);
    return isKnown;
  });
  const symbolOf = new Map(usable.map(({ key, symbol }) => [key, symbol]));
  const wanted = usable.filter((contract) => exchange === undefined || contract.exchange === exchange);
  return {
    theoretical: wanted.flatMap((contract) => theoreticalRow(contract, groupOf(contract, collector))),
    options: wanted.flatMap((contract) => optionRow(contract, symbolOf)),
    underlyings: usable.flatMap((contract) => underlyingRow(contract, groupOf(contract, collector))),
  };
}

/** The combined commodity. */
function groupOf({ exchange, family }: SpanContract, { commodityOf }: SpanCollector): string | null {
  return commodityOf.get(`${exchange}\u0000${family}`) ?? null;
}

function cell(value: number): number | null {
  return Number.isNaN(value) ? null : value === 0 ? 0 : value;
}

/** What a contract's amounts are divided by. */
function unitsOf({ valueFactor }: SpanContract): number {
  return valueFactor > 0 ? valueFactor : 1;
}

function theoreticalRow(contract: SpanContract, group: string | null): ClearingRow[] {
  const { symbol, losses, close, volatility, delta, priceScan, volatilityScan } = contract;
  if (losses === null) return [];
  const units = unitsOf(contract);
  const points = Array.from(losses, (loss, s) => [`p${s + 1}`, cell(-loss / units)] as const);
  return [
    {
      symbol,
      ...Object.fromEntries(points),
      close: cell(close),
      volatility: volatility > 0 ? volatility : null,
      class_group: group,
      delta: cell(delta),
      price_scan: cell(priceScan / units),
      volatility_scan: cell(volatilityScan),
    },
  ];
}

function optionRow(contract: SpanContract, symbolOf: ReadonlyMap<string, string>): ClearingRow[] {
  const { symbol, terms, close, volatility, underlyingKey } = contract;
  if (terms === null) return [];
  const { type, strike, expiryDay, exercise } = terms;
  return [
    {
      symbol,
      underlying: symbolOf.get(underlyingKey ?? "") ?? null,
      type,
      strike,
      expiry: expiryDay === null ? null : formatDay(expiryDay),
      exercise,
      multiplier: unitsOf(contract),
      price: cell(close),
      volatility: volatility > 0 ? volatility : null,
    },
  ];
}

function underlyingRow(contract: SpanContract, group: string | null): ClearingRow[] {
  const { symbol, kind, close } = contract;
  if (kind === "option" || !(close > 0)) return [];
  const more = kind === "future" ? { kind: "future", multiplier: unitsOf(contract) } : {};
  return [{ symbol, price: close, class_group: group, ...more }];
}

/** Price and volatility of SPAN's sixteen: unchanged, then thirds up and down, each with volatility up and down; two extremes. */
function isUsual(scenarios: readonly SpanScenario[]): boolean {
  const thirds = [0, 1, -1, 2, -2, 3, -3].flatMap((k) => [[k / 3, 1] as const, [k / 3, -1] as const]);
  const inner = thirds.every(([price, volatility], s) => {
    const point = scenarios[s];
    return (
      point !== undefined &&
      near(point.price, price) &&
      near(point.volatility, volatility) &&
      near(point.weight, 1)
    );
  });
  const [up, down] = scenarios.slice(14);
  const outer = up !== undefined && down !== undefined && up.price > 1 && near(up.price, -down.price);
  return scenarios.length === 16 && inner && outer && up.volatility === 0 && down.volatility === 0;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-4;
}
