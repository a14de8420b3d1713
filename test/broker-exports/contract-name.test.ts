import { describe, expect, test } from "vitest";
import { optionOf, optionOfSymbol, tickerOf } from "../../src/broker-exports/contract-name.js";
import { rootOf, underlyingOf } from "../../src/broker-exports/index-roots.js";
import { formatDay, parseDay } from "../../src/basics/dates.js";

const day = (text: string): number => parseDay(text) ?? Number.NaN;

describe("symbols of shares", () => {
  test.each([
    ["BRK/B", "BRK.B"],
    ["BRK B", "BRK.B"],
    ["BRK.B", "BRK.B"],
    ["BRK-B", "BRK.B"],
    ["SPY", "SPY"],
    ["BAC PRL", "BAC PRL"],
  ])("%s is %s", (text, symbol) => {
    expect(tickerOf(text)).toBe(symbol);
  });

  test.each([
    "912797MG9",
    "037833100",
    "US TREASURY BILL 26",
    "SPY   250825P00643000",
    "",
    "SPAXX**",
    "spy",
    "Account Total",
  ])("%j is none", (text) => {
    expect(tickerOf(text)).toBeNull();
  });
});

describe("options", () => {
  test("a Saturday is the Friday before, and the report can say so", () => {
    const option = optionOfSymbol("SPXW  211204P03000000");
    expect(option).toMatchObject({ symbol: "SPXW  211203P03000000", isCall: false, strike: 3000 });
    expect(formatDay(option?.saturday ?? 0)).toBe("2021-12-04");
    expect(formatDay(option?.day ?? 0)).toBe("2021-12-03");
  });

  test("until January 2015 monthly symbols did name the Saturday; weekly ones never did", () => {
    expect(optionOfSymbol("IBM   070421C00100000")).toMatchObject({
      symbol: "IBM   070421C00100000",
      saturday: null,
    });
    expect(formatDay(optionOfSymbol("IBM   070421C00100000")?.day ?? 0)).toBe("2007-04-20");
    expect(optionOfSymbol("IBM   141206C00100000")?.symbol).toBe("IBM   141205C00100000");
    expect(optionOfSymbol("IBM   150117C00100000")?.symbol).toBe("IBM   150117C00100000");
    expect(optionOfSymbol("IBM   150221C00100000")?.symbol).toBe("IBM   150220C00100000");
  });

  test("share classes: the root is the ticker without its stop, the underlying is told", () => {
    const terms = { root: "BRK/B", day: day("2026-01-16"), isCall: true, strike: 500 };
    expect(optionOf(terms)).toMatchObject({ symbol: "BRKB  260116C00500000", underlying: "BRK.B" });
    expect(optionOf({ ...terms, root: "BRK B" })).toMatchObject({
      symbol: "BRKB  260116C00500000",
      underlying: "BRK.B",
    });
  });

  test("an adjusted root keeps its digit and takes no underlying from the file", () => {
    const option = optionOf({
      root: "BABA2",
      day: day("2026-01-16"),
      isCall: true,
      strike: 80,
      underlying: "BABA",
    });
    expect(option).toMatchObject({ symbol: "BABA2 260116C00080000", underlying: null });
    expect(underlyingOf(option!)).toBeNull();
  });

  test("what no symbol can say is none: a strike of four decimals, a root of seven letters", () => {
    const terms = { root: "SPY", day: day("2026-01-16"), isCall: true, strike: 500 };
    expect(optionOf({ ...terms, strike: 500.0005 })).toBeNull();
    expect(optionOf({ ...terms, root: "SEVENTH" })).toBeNull();
    expect(optionOfSymbol("O:SPY251219C00600000")).toBeNull();
    expect(optionOfSymbol(".SPXW260407C5700")).toBeNull();
  });
});

describe("roots of index options that a file names by the index alone", () => {
  const [monthly, weekly] = [day("2026-01-16"), day("2026-01-30")];
  test("told by the file", () => {
    expect([rootOf("SPX", monthly, true), rootOf("SPX", weekly, true), rootOf("NDX", weekly, true)]).toEqual([
      "SPXW",
      "SPXW",
      "NDXP",
    ]);
    expect([rootOf("SPX", monthly, false), rootOf("SPX", weekly, false)]).toEqual(["SPX", null]);
    expect([rootOf("SPY", monthly, true), rootOf("SPY", weekly, false)]).toEqual(["SPY", "SPY"]);
  });
  test("not told: on the third Friday there are two", () => {
    expect([rootOf("SPX", monthly, null), rootOf("SPX", weekly, null), rootOf("SPY", monthly, null)]).toEqual(
      [null, "SPXW", "SPY"],
    );
    // Good Friday of 2022 was a third Friday: its options stopped on Thursday.
    expect([rootOf("SPX", day("2022-04-14"), null), rootOf("SPX", day("2022-04-21"), null)]).toEqual([
      null,
      "SPXW",
    ]);
    expect(rootOf("VIX", day("2026-01-21"), null)).toBeNull();
  });
});
