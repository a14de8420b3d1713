import { describe, expect, test } from "vitest";
import { expiryInstant, parseDay } from "../../src/basics/dates.js";
import {
  buildContractMaster,
  canonicalSymbol,
  type ContractSources,
} from "../../src/contracts/contract-master.js";
import { nothingSaid, type OptionRowTerms } from "../../src/contracts/option-row.js";

interface Given {
  symbols: string[];
  rows?: Record<string, Partial<OptionRowTerms>>;
  kinds?: Record<string, "stock" | "etf" | "index">;
  asOf?: string;
}

function master({ symbols, rows = {}, kinds = { IBM: "stock" }, asOf = "2007-02-23T16:00:00-05:00" }: Given) {
  const names = Object.keys(rows);
  const sources: ContractSources = {
    optionRows: new Map(names.map((name, i) => [canonicalSymbol(name), i])),
    optionTerms: (row) => ({ ...nothingSaid, ...rows[names[row] ?? ""] }),
    optionRoot: (root) =>
      root === "SPX" ? { underlying: "SPX", exercise: "european", settlement: "am" } : undefined,
    underlyingKind: (symbol) => kinds[symbol],
    underlyingMultiplier: () => 1,
    asOfMs: Date.parse(asOf),
  };
  return buildContractMaster(symbols.map(canonicalSymbol), sources);
}

const ibm = "IBM   070421C00100000";

test("each contract once, under its padded symbol, in code-unit order", () => {
  const { contracts, failures } = master({ symbols: ["IBM070421C00100000", "IBM", ibm, "IBM"] });
  expect(failures).toEqual([]);
  expect(contracts.symbols).toEqual(["IBM", ibm]);
  expect([...contracts.isOption]).toEqual([0, 1]);
  expect([...contracts.multiplier]).toEqual([1, 100]);
  expect([...contracts.strike]).toEqual([Number.NaN, 100]);
  expect([...contracts.isAmerican]).toEqual([0, 1]);
  // The symbol's date is a Saturday: trading stops on Friday, 20 April.
  expect(contracts.expiryMs[1]).toBe(Date.parse("2007-04-20T16:00:00-04:00"));
});

test("options of one root are what each is by itself, whatever the table says of the others", () => {
  const symbols = ["C00100000", "C00105000", "P00105000"].flatMap((terms) =>
    [
      "IBM   070316",
      "IBM   070317",
      "IBM   070421",
      "IBM   070119",
      "SPX   070421",
      "XYZ   070421",
      "IBM2  070421",
    ].map((name) => `${name}${terms}`),
  );
  const kinds = { IBM: "stock", SPX: "index" } as const;
  const rows = {
    "IBM   070317C00105000": { multiplier: 10 },
    "IBM   070421C00105000": { strike: 104 },
    "IBM   070421P00105000": {},
  };
  const given = (all: string[]): ReturnType<typeof master> => master({ symbols: all, rows, kinds });
  const { contracts, failures } = given(symbols);
  const alone = symbols.toSorted().map((symbol) => given([symbol]));
  expect(failures).toEqual(alone.flatMap((each) => each.failures));
  expect(failures.map(({ code }) => code)).toContain("CONTRACT_EXPIRED");
  for (const column of [
    "symbols",
    "underlying",
    "isCall",
    "isAmerican",
    "strike",
    "expiryMs",
    "multiplier",
    "optionRow",
  ] as const)
    expect([...contracts[column]]).toEqual(alone.flatMap((each) => [...each.contracts[column]]));
  expect(Array.from(contracts.underlyingAt, (at) => contracts.underlyings[at])).toEqual([
    ...contracts.underlying,
  ]);
  expect(contracts.symbols.map((symbol) => contracts.rowOf.get(symbol))).toEqual([
    ...contracts.symbols.keys(),
  ]);
  expect(contracts.rowOf.get("XYZ")).toBeUndefined();
});

describe("what the table says beside the symbol", () => {
  const said = (terms: Partial<OptionRowTerms>, symbol = ibm) =>
    master({ symbols: [symbol], rows: { [symbol]: terms } });
  const day = (text: string): number => parseDay(text)!;

  test("agreeing terms are nothing new", () => {
    const { contracts, failures } = said({ isCall: true, strike: 100, expiryDay: day("2007-04-20") });
    expect(failures).toEqual([]);
    expect(contracts.optionRow[0]).toBe(0);
  });

  test.each([
    ["type", { isCall: false }],
    ["strike", { strike: 105 }],
    ["a later expiry", { expiryDay: day("2007-04-23") }],
    ["an expiry of another week", { expiryDay: day("2007-04-16") }],
  ])("another %s contradicts it", (_, terms) => {
    expect(said(terms).failures).toMatchObject([
      {
        code: "CONTRACT_TERMS_CONFLICT",
        value: ibm,
        expected: "call, strike 100, expiry 2007-04-20",
        symbol: ibm,
      },
    ]);
  });

  test("a Saturday symbol's Friday may be a holiday: Good Friday, 21 March 2008", () => {
    const symbol = "IBM   080322C00100000";
    const instant = (terms: Partial<OptionRowTerms>): number | undefined => {
      const { contracts, failures } = said(terms, symbol);
      expect(failures).toEqual([]);
      return contracts.expiryMs[0];
    };
    expect(instant({})).toBe(expiryInstant(day("2008-03-21"), "pm"));
    expect(instant({ expiryDay: day("2008-03-22") })).toBe(expiryInstant(day("2008-03-21"), "pm"));
    expect(instant({ expiryDay: day("2008-03-20") })).toBe(expiryInstant(day("2008-03-20"), "pm"));
  });

  test("a symbol of any other day takes no other expiry", () => {
    const symbol = "IBM   240322C00100000";
    expect(said({ expiryDay: day("2024-03-21") }, symbol).failures).toMatchObject([
      { code: "CONTRACT_TERMS_CONFLICT", expected: "call, strike 100, expiry 2024-03-22" },
    ]);
  });

  test("a symbol that says nothing takes its terms from the row, all of them", () => {
    const terms = {
      underlying: "IBM",
      isCall: false,
      strike: 90,
      expiryDay: day("2007-06-15"),
      multiplier: 10,
    };
    const { contracts } = said(terms, "OTC-1");
    expect([contracts.isCall[0], contracts.strike[0], contracts.multiplier[0]]).toEqual([0, 90, 10]);
    expect(said({ ...terms, strike: null }, "OTC-1").failures).toMatchObject([{ code: "SYMBOL_INVALID" }]);
    expect(said({ ...terms, underlying: null }, "OTC-1").failures).toMatchObject([
      { code: "CELL_MISSING", column: "underlying" },
    ]);
  });
});

test("settlement and exercise come from the root, exercise of an unlisted root from the kind", () => {
  const { contracts } = master({
    symbols: ["SPX   070420C01400000", "XYZ   070420C01400000"],
    kinds: { SPX: "index", XYZ: "index" },
  });
  expect([...contracts.isAmerican]).toEqual([0, 0]);
  expect(contracts.expiryMs[0]).toBe(Date.parse("2007-04-20T09:30:00-04:00"));
  expect(contracts.expiryMs[1]).toBe(Date.parse("2007-04-20T16:00:00-04:00"));
});

test("an option lives to the instant of its expiry", () => {
  const at = (asOf: string) => master({ symbols: [ibm], asOf }).failures.map(({ code }) => code);
  expect(at("2007-04-20T16:00:00-04:00")).toEqual([]);
  expect(at("2007-04-20T16:00:01-04:00")).toEqual(["CONTRACT_EXPIRED"]);
});

test("an adjusted root is never the root without its digit", () => {
  const symbol = "IBM1  070421C00100000";
  expect(master({ symbols: [symbol] }).failures).toMatchObject([
    { code: "DELIVERABLE_UNKNOWN", value: symbol },
  ]);
  const own = master({ symbols: [symbol], kinds: { IBM: "stock", IBM1: "stock" } }).contracts;
  expect(own.underlying).toEqual(["IBM1"]);
});
