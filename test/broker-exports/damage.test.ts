import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import type { BrokerFormat } from "../../src/broker-exports/formats.js";
import { type Read, readText } from "./read.js";

/** One whole export of each kind, as lines: an invented account 987650001 with a share, an option and money. */
const exports: readonly (readonly [BrokerFormat, readonly string[]])[] = [
  [
    "fidelity",
    [
      "Account Number,Account Name,Symbol,Description,Quantity,Last Price,Last Price Change,Current Value,Type",
      "Z987650001,Mine,QZA,NAME,30,$40.10,$0.00,$1203.00,Cash,",
      "Z987650001,Mine, -QZA270115C50,NAME,-3,$1.25,$0.00,-$375.00,Margin,",
      "Z987650001,Mine,SPAXX**,HELD IN MONEY MARKET,,,,$30.00,Cash,",
    ],
  ],
  [
    "schwab",
    [
      '"Positions for account Mine 987650001 as of 10:11 PM ET, 02/06/2026"',
      '"Symbol","Description","Quantity","Price","Market Value","Security Type"',
      '"QZA","NAME","30","$40.10","$1,203.00","Equity"',
      '"QZA 01/15/2027 50.00 C","NAME","-3","$1.25","-$375.00","Option"',
      '"Cash & Cash Investments","--","--","--","$30.00","Cash and Money Market"',
    ],
  ],
  [
    "etrade",
    [
      "Account,Net Account Value,Gain",
      "Mine 987650001,1.00,2.00",
      "View Summary",
      "Symbol,Last Price $,Quantity,Price Paid $,Value $",
      "QZA,40.10,30,1.00,1203.00",
      "QZA Jan 15 '27 $50 Call,1.25,-3,1.00,-375.00",
      "CASH,,,,30.00",
    ],
  ],
  [
    "thinkorswim",
    [
      "Position Statement for 987650001 (me) on 10/2/26 11:49:04",
      "Instrument,Qty,Days,Trade Price,Mark,Mrk Chng,Net Liq",
      'QZA,,,,,,"$828.00"',
      'QZA CORP COM,+30,,40.00,40.10,0,"$1,203.00"',
      "100 15 JAN 27 50 CALL,-3,105,1.00,1.25,0,($375.00)",
      "Cash & Sweep Vehicle,$30.00",
    ],
  ],
  [
    "ibkr-activity",
    [
      "Account Information,Data,Account,U987650001",
      "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Close Price,Value,Code",
      "Open Positions,Data,Summary,Stocks,USD,QZA,30,1,40.10,1203,",
      "Open Positions,Data,Summary,Equity and Index Options,USD,QZA 15JAN27 50 C,-3,100,1.25,-375,",
      "Cash Report,Header,Currency Summary,Currency,Total",
      "Cash Report,Data,Ending Cash,USD,30",
    ],
  ],
  [
    "ibkr-flex",
    [
      '<FlexStatement accountId="U987650001">',
      "<OpenPositions>",
      '<OpenPosition accountId="U987650001" currency="USD" assetCategory="STK" symbol="QZA" multiplier="1" position="30" markPrice="40.10" positionValue="1203" />',
      '<OpenPosition accountId="U987650001" currency="USD" assetCategory="OPT" symbol="QZA   270115C00050000" multiplier="100" position="-3" markPrice="1.25" positionValue="-375" />',
      '</OpenPositions><CashReportCurrency accountId="U987650001" currency="USD" endingCash="30" />',
      "</FlexStatement>",
    ],
  ],
  [
    "tastytrade",
    [
      "Account,Symbol,Type,Quantity,Mark,Net Liq",
      "5W987650001,QZA,STOCK,30,40.10,1203.00",
      "5W987650001,QZA   270115C00050000,OPTION,-3,1.25,-375.00",
    ],
  ],
  [
    "optionnet-explorer",
    [
      ",Account,TradeId,Status",
      ",,Account,TradeId,Transaction,Qty,Symbol,Expiry,Type,Description",
      ',"987650001",1,Open',
      ',,"987650001",1,Buy,30,QZA,,Stock,QZA',
      ',,"987650001",1,Sell,3,QZA   270115C00050000,1/15/2027,Call,QZA Jan27 50 Call',
    ],
  ],
];

/** What can be read, or `null` where the file was refused as a whole. Anything else thrown is a fault. */
function readOrRefused(format: BrokerFormat, text: string): Read | null {
  try {
    return readText(format, text);
  } catch (error) {
    if (error instanceof MarginError) return null;
    throw error;
  }
}

describe.each(exports)("a damaged export of %s", (format, lines) => {
  test("whole, it holds 30 shares and 3 short calls", () => {
    const { positions, failures, report } = readText(format, lines.join("\n"));
    const prices = format === "optionnet-explorer" ? ["-", "-"] : ["40.1", "1.25"];
    expect(positions).toEqual([
      `x0001 | QZA | 30 | ${prices[0]}`,
      `x0001 | QZA   270115C00050000 | -3 | ${prices[1]}`,
    ]);
    expect(failures).toEqual([]);
    expect(report.cash.map(({ amountUsd }) => amountUsd)).toEqual(
      ["tastytrade", "optionnet-explorer"].includes(format) ? [] : [30],
    );
  });

  test("line ends of every kind, a byte order mark, blanks that do not break and lines of commas change nothing", () => {
    const whole = readText(format, lines.join("\n"));
    for (const end of ["\r\n", "\r", "\n\n"]) {
      const text = `\uFEFF${lines.join(end)}${end}${format === "ibkr-flex" ? "" : ",,,"}`;
      expect(readText(format, text).tables.positions.map(({ cells }) => cells)).toEqual(
        whole.tables.positions.map(({ cells }) => cells),
      );
    }
    if (format === "ibkr-flex") return;
    const wide = lines.map((line) => line.replaceAll(" ", "\u00A0"));
    expect(readText(format, wide.join("\n")).positions).toEqual(whole.positions);
  });

  test("whatever is taken out or put in, it is read or refused by name, and no account number is shown", () => {
    const text = lines.join("\n");
    const damage = fc.record({
      at: fc.nat(text.length),
      take: fc.nat(3),
      put: fc.constantFrom("", ",", '"', "\n", "$", "(", "--", "N/A", "0", "9", "\u00A0", "<", "'"),
    });
    fc.assert(
      fc.property(damage, ({ at, take, put }) => {
        const read = readOrRefused(format, text.slice(0, at) + put + text.slice(at + take));
        if (read === null) return;
        const shown = JSON.stringify([read.report, read.tables]);
        expect(shown).not.toContain("987650001");
        const { rowsUsed, rowsRefused } = read.report;
        expect(read.tables.failures.length).toBeGreaterThanOrEqual(rowsRefused);
        expect(rowsUsed + rowsRefused + read.report.cash.length).toBeGreaterThan(0);
        // One slip changes quantity or value, never both so that they agree: no other quantity is ever used.
        const quantities = read.tables.positions.map(({ cells }) => cells["quantity"]);
        if (format !== "optionnet-explorer")
          expect([30, -3, undefined]).toEqual(expect.arrayContaining(quantities));
      }),
    );
  });

  test("a figure that is another by a digit is refused, or belongs to no check", () => {
    if (format === "optionnet-explorer") return;
    const changed = lines.map((line) =>
      line.replace(
        /(["$,=])1,?203/,
        "$11,303".replace(",", format === "schwab" || format === "thinkorswim" ? "," : ""),
      ),
    );
    expect(changed).not.toEqual(lines);
    const { failures, positions } = readText(format, changed.join("\n"));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^EXPORT_CHECK/);
    expect(positions.at(-1)).toBe(
      "x0001 | QZA | none | -".replace("QZA", format === "thinkorswim" ? "QZA CORP COM" : "QZA"),
    );
  });
});
