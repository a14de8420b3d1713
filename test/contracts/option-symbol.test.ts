import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDay, parseDay, weekday } from "../../src/basics/dates.js";
import {
  canonicalOptionSymbol,
  looksLikeOption,
  parseOptionSymbol,
} from "../../src/contracts/option-symbol.js";

function dayText(symbol: string): string | null {
  const parsed = parseOptionSymbol(symbol);
  return parsed === null ? null : formatDay(parsed.expiryDay);
}

describe("parseOptionSymbol", () => {
  test("reads the 21-character form: IBM of April 2007 last traded on Friday the 20th", () => {
    expect(parseOptionSymbol("IBM   070421C00100000")).toEqual({
      symbol: "IBM   070421C00100000",
      root: "IBM",
      expiryDay: 13_623,
      isCall: true,
      strike: 100,
      adjusted: false,
    });
    // 13,623 days: 37 years of 365 days, 9 leap days, then 109 days from 1 January to 20 April 2007.
    expect(13_623).toBe(37 * 365 + 9 + 31 + 28 + 31 + 19);
  });

  test("reads the compact form as the same contract, printed padded", () => {
    expect(parseOptionSymbol("IBM070421C00100000")).toEqual(parseOptionSymbol("IBM   070421C00100000"));
    expect(parseOptionSymbol("SPXW260120P06835000")?.symbol).toBe("SPXW  260120P06835000");
  });

  test("takes a Saturday for the Friday before and leaves other days alone", () => {
    expect(dayText("SPX   220319P04025000")).toBe("2022-03-18");
    expect(dayText("SPXW  211204C04500000")).toBe("2021-12-03");
    expect(dayText("SPXW  260120P06835000")).toBe("2026-01-20");
    expect(dayText("SPX   260320P06835000")).toBe("2026-03-20");
    // Saturday 1 January 2005 belongs to the year before.
    expect(dayText("IBM   050101C00100000")).toBe("2004-12-31");
  });

  test("keeps digits, dots and full roots", () => {
    expect(parseOptionSymbol("BABA2 260116C00100000")).toMatchObject({ root: "BABA2", adjusted: true });
    expect(parseOptionSymbol("BABA2260116C00100000")).toMatchObject({ root: "BABA2", adjusted: true });
    expect(parseOptionSymbol("SDS1260116P00012500")).toMatchObject({ root: "SDS1", strike: 12.5 });
    expect(parseOptionSymbol("BRK.B 260116C00400000")).toMatchObject({ root: "BRK.B", adjusted: false });
    expect(parseOptionSymbol("4SPX  260116C04000000")).toMatchObject({ root: "4SPX", adjusted: false });
    expect(parseOptionSymbol("GOOGLX260116C00400000")).toMatchObject({ root: "GOOGLX" });
    expect(parseOptionSymbol("F260116C00012000")?.symbol).toBe("F     260116C00012000");
  });

  test("reads the strike to the thousandth", () => {
    expect(parseOptionSymbol("X     260116C00000001")?.strike).toBe(0.001);
    expect(parseOptionSymbol("X     260116C99999999")?.strike).toBe(99_999.999);
    expect(parseOptionSymbol("X     260116C00017375")?.strike).toBe(17.375);
  });

  test.each([
    ["lower case", "ibm   070421c00100000"],
    ["lower case type", "IBM   070421c00100000"],
    ["wrong padding", "IBM 070421C00100000"],
    ["leading padding", "   IBM070421C00100000"],
    ["a blank inside the root", "I BM  070421C00100000"],
    ["no root", "070421C00100000"],
    ["only padding", "      070421C00100000"],
    ["a root of digits alone", "123456070421C00100000"],
    ["a root of seven characters", "IBMIBMI070421C00100000"],
    ["a prefix", "O:SPY251219C00600000"],
    ["a leading dot", ".SPX  260407C05700000"],
    ["31 April", "IBM   070431C00100000"],
    ["29 February of a common year", "IBM   070229C00100000"],
    ["month 13", "IBM   071320C00100000"],
    ["month 0", "IBM   070020C00100000"],
    ["another type", "IBM   070421X00100000"],
    ["a strike of 7 digits", "IBM   070421C0010000"],
    ["a strike of zero", "IBM   070421C00000000"],
    ["digits of another script", "IBM   070421C0010000٣"],
    ["a trailing line end", "IBM   070421C00100000\n"],
    ["a stock", "IBM"],
    ["nothing", ""],
  ])("refuses %s", (_, text) => {
    expect(parseOptionSymbol(text)).toBeNull();
  });
});

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const roots = fc
  .stringMatching(/^[A-Z0-9]([A-Z0-9.]{0,4}[A-Z0-9])?$/)
  .map((root) => (/[A-Z]/.test(root) ? root : `${letters[root.length]}${root.slice(1)}`));
const terms = fc.record({
  root: roots,
  day: fc.integer({ min: parseDay("2000-01-01")!, max: parseDay("2099-12-31")! }),
  isCall: fc.boolean(),
  strike: fc.integer({ min: 1, max: 99_999_999 }).map((thousandths) => thousandths / 1000),
});

describe("canonicalOptionSymbol", () => {
  test("parse undoes format, padded and compact", () => {
    fc.assert(
      fc.property(terms, (given) => {
        const symbol = canonicalOptionSymbol(given)!;
        expect(symbol).toHaveLength(21);
        const expected = {
          symbol,
          root: given.root,
          expiryDay: given.day - (weekday(given.day) === 6 ? 1 : 0),
          isCall: given.isCall,
          strike: given.strike,
          adjusted: "0123456789".includes(given.root.at(-1) ?? ""),
        };
        expect(parseOptionSymbol(symbol)).toEqual(expected);
        expect(parseOptionSymbol(symbol.replaceAll(" ", ""))).toEqual(expected);
        expect(looksLikeOption(symbol)).toBe(true);
      }),
    );
  });

  test("answers null where no symbol can say it", () => {
    const good = { root: "IBM", day: parseDay("2007-04-21")!, isCall: true, strike: 100 };
    expect(canonicalOptionSymbol(good)).toBe("IBM   070421C00100000");
    for (const bad of [
      { strike: 100.0005 },
      { strike: 0 },
      { strike: -5 },
      { strike: 100_000 },
      { strike: Number.NaN },
      { root: "ibm" },
      { root: "TOOLONG" },
      { root: "" },
      { day: parseDay("1999-12-31")! },
      { day: parseDay("2100-01-01")! },
    ])
      expect(canonicalOptionSymbol({ ...good, ...bad })).toBeNull();
  });
});

describe("looksLikeOption", () => {
  test.each([
    "ibm   070421c00100000",
    "IBM 070421C00100000",
    "O:SPY251219C00600000",
    ".SPXW260407C5700",
    "-AAPL260119C200",
    "IBM   070431C00100000",
    "IBM   070421X00100000",
    "AAPL 21 APR 07 100 C",
    "AAPL 4/21/07 C100",
  ])("%s was meant as an option", (text) => {
    expect(looksLikeOption(text)).toBe(true);
    expect(parseOptionSymbol(text)).toBeNull();
  });

  test.each(["IBM", "BRK.B", "BRK B", "BF/B", "^SPX", "SPX", "C", "3690.HK", "ESZ26", " IBM "])(
    "%s was not",
    (text) => {
      expect(looksLikeOption(text)).toBe(false);
    },
  );
});
