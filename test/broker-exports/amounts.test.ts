import { describe, expect, test } from "vitest";
import { crossCheck, readAmount } from "../../src/broker-exports/amounts.js";
import { readDay, readTime } from "../../src/broker-exports/days.js";
import { formatDay } from "../../src/basics/dates.js";

describe("amounts", () => {
  test.each([
    ["$1,234.50", 1234.5],
    ["-$5.00", -5],
    ["$-5.00", -5],
    ["+$3890.50", 3890.5],
    ["($1,140.00)", -1140],
    ["(.5)", -0.5],
    ["+2", 2],
    ["\u22122.5", -2.5],
    [" 10.0545 ", 10.0545],
    ["1,234,567", 1234567],
    [".00", 0],
    ["1.5E-3", 0.0015],
    ["(0.00)", 0],
  ])("%s is %d", (text, value) => {
    expect(readAmount(text)?.value).toBe(value);
  });

  test.each(["", " ", "--", "N/A", "n/a", "Incomplete", "-"])("%j is nothing", (text) => {
    expect(readAmount(text)).toBeNull();
  });

  test.each([
    "1.234,56",
    "12,34",
    "1,2345",
    "5%",
    "116'10",
    "< 1",
    "(-5)",
    "+-5",
    "$",
    "abc",
    "1 234",
    "NaN",
    "1,234.5.6",
    "()",
    "Infinity",
  ])("%j is refused", (text) => {
    expect(readAmount(text)).toBeUndefined();
  });

  test("half a unit of the last digit", () => {
    expect(readAmount("5.37")?.halfUnit).toBe(0.005);
    expect(readAmount("61.1100")?.halfUnit).toBe(0.00005);
    expect(readAmount("100")?.halfUnit).toBe(0);
  });
});

describe("quantity x price x multiplier against the value", () => {
  const price = (text: string): { value: number; halfUnit: number } => {
    const read = readAmount(text);
    if (read === null || read === undefined) throw new Error(text);
    return read;
  };

  test("two cents, then what the rounding of the printed price explains, then no more", () => {
    const of = (value: number): string =>
      crossCheck({ quantity: -10, multiplier: 100, prices: [price("5.37")], value });
    expect(of(-5370)).toBe("agrees");
    expect(of(-5370.02)).toBe("agrees");
    // 5.365 would be printed as 5.37: 1000 x 0.005 = 5.00.
    expect(of(-5365)).toBe("rounded");
    expect(of(-5364.9)).toBe("differs");
    expect(of(5370)).toBe("differs");
    expect(of(-53.7)).toBe("differs");
  });

  test("a gain since the purchase", () => {
    const of = (value: number): string =>
      crossCheck({ quantity: -3, multiplier: 100, prices: [price("179.90"), price("176.10")], value });
    expect(of(-1140)).toBe("agrees");
    expect(of(1140)).toBe("differs");
  });

  test("NaN never agrees", () => {
    const prices = [{ value: NaN, halfUnit: 0 }];
    expect(crossCheck({ quantity: 1, multiplier: 1, prices, value: 0 })).toBe("differs");
  });
});

describe("days and times", () => {
  test.each([
    ["2026-01-16", "2026-01-16"],
    ["20260116", "2026-01-16"],
    ["01/16/2026", "2026-01-16"],
    ["1/6/26", "2026-01-06"],
    ["2025/05/04", "2025-05-04"],
    ["31MAR25", "2025-03-31"],
    ["21 JAN 22", "2022-01-21"],
    ["Jan 17 '30", "2030-01-17"],
    ["Apr-23-2026", "2026-04-23"],
    ["April 15, 2026", "2026-04-15"],
    ["Feb 14 2023", "2023-02-14"],
  ])("%s", (text, day) => {
    expect(formatDay(readDay(text) ?? Number.NaN)).toBe(day);
  });

  test.each(["", "31/12/2026", "2026-02-30", "Foo 1 '26", "JUN 21", "570", "2026-1"])(
    "%j is no day",
    (text) => {
      expect(readDay(text)).toBeNull();
    },
  );

  test("times of day", () => {
    const texts = [
      "10:11 PM",
      "12:33 PM",
      "12:05 AM",
      "1:39 p.m",
      "11:49:04",
      "3:12 PM",
      "25:00",
      "13:00 PM",
      "0:10 AM",
    ];
    expect(texts.map((text) => readTime(text))).toEqual([
      "22:11",
      "12:33",
      "00:05",
      "13:39",
      "11:49",
      "15:12",
      null,
      null,
      null,
    ]);
  });
});
