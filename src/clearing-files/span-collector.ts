import { type Failure, failure } from "../basics/failure.js";
import { formatDay } from "../basics/dates.js";
import type { ContractText, PointText, RiskArrayText, SpanSink, Values } from "./span-document.js";
import {
  numberOf,
  optionTerms,
  ownKey,
  type SpanOptionTerms,
  spanDay,
  spanSymbol,
  underlyingKey,
} from "./span-symbols.js";

/** One scenario of a file: shares of the price and volatility scan, and the part of the result that counts. */
export interface SpanScenario {
  readonly price: number;
  readonly volatility: number;
  readonly weight: number;
}

/** A contract with numbers; per-contract amounts still count as the file counts them. */
export interface SpanContract {
  readonly symbol: string;
  readonly line: number;
  readonly exchange: string;
  readonly family: string;
  readonly kind: "option" | "future" | "share";
  readonly terms: SpanOptionTerms | null;
  readonly key: string;
  readonly underlyingKey: string | null;
  readonly underlyingExchange: string | null;
  /** `cvf`: what a price is multiplied by to give a contract's; NaN where the file does not say. */
  readonly valueFactor: number;
  readonly close: number;
  readonly volatility: number;
  /** `null` where the file has no risk array for it. */
  readonly losses: Float64Array | null;
  readonly delta: number;
  readonly priceScan: number;
  readonly volatilityScan: number;
}

const termsExpected = "o (C or P), k above 0, and pe, ldot or setlDate with a day";

type SpanCode = "CLEARING_UNSUPPORTED" | "CLEARING_SCENARIOS" | "CLEARING_REFERENCE" | "CELL_MISSING";

/** Scenarios of SPAN in its own files where they do not say. */
const usualCount = 16;

/** Gathers what a SPAN file holds; what is wrong with a contract leaves that contract out. */
export class SpanCollector implements SpanSink {
  readonly contracts: SpanContract[] = [];
  readonly failures: Failure[] = [];
  readonly exchanges = new Set<string>();
  readonly commodityOf = new Map<string, string>();
  readonly #scaled = new Set<string>();
  readonly #scenarios = new Map<string, readonly SpanScenario[]>();
  day: string | null = null;
  #times = 0;

  constructor(readonly file: string) {}

  /** The scenarios of the first rate. */
  get scenarios(): readonly SpanScenario[] {
    return [...this.#scenarios.values()][0] ?? [];
  }

  exchange(id: string): void {
    this.exchanges.add(id);
  }

  pointInTime(values: Values, line: number): void {
    this.#times += 1;
    const day = spanDay(values.get("date"));
    this.day = day === null ? null : formatDay(day);
    if (this.#times > 1)
      this.#fail("CLEARING_UNSUPPORTED", line, "a second pointInTime", { expected: "one point in time" });
  }

  points(rate: string, points: readonly PointText[]): void {
    this.#scenarios.set(rate, points.map(scenarioOf));
  }

  link({ exchange, family, commodity, line }: Parameters<SpanSink["link"]>[0]): void {
    const id = commodity.get("cc") ?? "";
    this.commodityOf.set(`${exchange}\u0000${family}`, id);
    if (!this.exchanges.has(exchange)) this.#unknownExchange(exchange, line);
    const exponent = commodity.get("riskExponent") ?? "0";
    if (numberOf(exponent) === 0 || this.#scaled.has(id)) return;
    this.#scaled.add(id);
    const expected = `riskExponent 0 or none of ${id}: what another scales is not confirmed`;
    this.#fail("CLEARING_UNSUPPORTED", line, `riskExponent ${exponent}`, { expected });
  }

  /** Whether nothing of a combined commodity can be used. */
  isRefused(commodity: string): boolean {
    return this.#scaled.has(commodity);
  }

  contract(text: ContractText): void {
    const terms = text.series === null ? null : optionTerms(text);
    const symbol = spanSymbol(text, terms);
    const array = this.#arrayOf(text, symbol);
    if (array === "bad") return;
    const scans = text.scans.find((scan) => scan.get("r") === array?.rate) ?? text.scans[0];
    const missing = { line: text.line, symbol };
    const said = (name: string, from: readonly (Values | null | undefined)[]): number => {
      const found = from.find((values) => values?.has(name) === true)?.get(name);
      const value = numberOf(found);
      if (found !== undefined && Number.isNaN(value)) this.#notNumber(missing, name, found);
      return value;
    };
    const before = this.failures.length;
    const found: SpanContract = {
      symbol,
      line: text.line,
      exchange: text.exchange,
      family: text.family.get("pfId") ?? "",
      kind: terms !== null ? "option" : text.kind === "fut" ? "future" : "share",
      terms,
      key: ownKey(text),
      underlyingKey: underlyingKey(text.underlying),
      underlyingExchange: text.underlying?.get("exch") ?? null,
      valueFactor: said("cvf", [text.own, text.series, text.family]),
      close: said("p", [text.own]),
      volatility: said("v", terms === null ? [] : [text.own, text.series]),
      losses: array === null ? null : this.#numbers(array, symbol),
      delta:
        array?.delta === null || array === null ? Number.NaN : said("d", [new Map([["d", array.delta]])]),
      priceScan: said("priceScan", [scans]),
      volatilityScan: said("volScan", [scans]),
    };
    if (terms !== null && (terms.type === null || terms.strike === null || terms.expiryDay === null))
      this.#fail("CELL_MISSING", text.line, symbol, { expected: termsExpected, symbol });
    if (this.failures.length === before) this.contracts.push(found);
  }

  /** The array of the first rate, held against the number of its scenarios; `null` without any. */
  #arrayOf({ arrays }: ContractText, symbol: string): RiskArrayText | null | "bad" {
    const rates = [...this.#scenarios.keys()];
    const wanted = rates[0];
    const array = arrays.find(({ rate }) => rate === wanted) ?? arrays[0];
    if (array === undefined) return null;
    const count = this.#scenarios.get(array.rate)?.length ?? usualCount;
    if (array.losses.length === count) return array;
    const expected = `${count} values, one for each scenario; ${array.losses.length} are given`;
    this.#fail("CLEARING_SCENARIOS", array.line, symbol, { expected, symbol });
    return "bad";
  }

  #numbers({ losses, line }: RiskArrayText, symbol: string): Float64Array {
    const values = Float64Array.from(losses, numberOf);
    const bad = values.findIndex((value) => Number.isNaN(value));
    if (bad >= 0) this.#notNumber({ line, symbol }, `a ${bad + 1}`, losses[bad] ?? "");
    return values;
  }

  #notNumber(at: { readonly line: number; readonly symbol: string }, column: string, value: string): void {
    const { file } = this;
    this.failures.push(failure("CELL_TYPE", { file, ...at, column, value, expected: "a finite number" }));
  }

  /** Contracts that name an exchange which the file does not hold. */
  unknownExchange(exchange: string, line: number, symbol: string): void {
    this.#unknownExchange(exchange, line, symbol);
  }

  #unknownExchange(exchange: string, line: number, symbol?: string): void {
    const expected = `an exchange of the file: ${[...this.exchanges].join(", ")}`;
    this.#fail("CLEARING_REFERENCE", line, `exchange ${exchange}`, {
      expected,
      ...(symbol === undefined ? {} : { symbol }),
    });
  }

  #fail(code: SpanCode, line: number, value: string, details: Partial<Failure>): void {
    this.failures.push(failure(code, { file: this.file, line, value, ...details }));
  }
}

function scenarioOf({ price, volatility, weight }: PointText): SpanScenario {
  return { price: shareOf(price), volatility: shareOf(volatility), weight: numberOf(weight) };
}

/** mult × numerator / denominator; a part that is left out counts 1. */
function shareOf(part: Values): number {
  const said = (name: string): number => (part.has(name) ? numberOf(part.get(name)) : 1);
  const [mult, numerator, denominator] = [numberOf(part.get("mult")), said("numerator"), said("denominator")];
  return mult === 0 || numerator === 0 ? 0 : (mult * numerator) / denominator;
}
