import { describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import type { BrokerFormat } from "../../src/broker-exports/formats.js";
import { readText } from "./read.js";

// Invented holdings in the exact headers of the brokers.

/** Code and expectation of the error that a file is refused with. */
function refusal(format: BrokerFormat, text: string | Buffer): string {
  try {
    readText(format, text);
  } catch (error) {
    if (error instanceof MarginError)
      return error.failures.map(({ code, line, expected }) => `${code} ${line} ${expected}`).join("\n");
    throw error;
  }
  return "none";
}

describe("Fidelity", () => {
  const header =
    "Account Number,Account Name,Symbol,Description,Quantity,Last Price,Last Price Change,Current Value,Today's Gain/Loss Dollar,Today's Gain/Loss Percent,Total Gain/Loss Dollar,Total Gain/Loss Percent,Percent Of Account,Cost Basis Total,Average Cost Basis,Type";
  const rest = "$0.00,0.00%,$0.00,0.00%,1.00%,$1.00,$1.00,Margin,";
  const row = (symbol: string, quantity: string, price: string, value: string): string =>
    `Z00001111,"Joint, WROS",${symbol},SOME NAME,${quantity},${price},+$0.01,${value},${rest}`;

  test("BOM, trailing commas, money, options, lots of one symbol, the same number to every spelling", () => {
    const text = [
      `\uFEFF${header}`,
      row("QZA", "300", "$40.10", '"$12,030.00"'),
      row("QZA", "100", "$40.10", "$4010.00"),
      row(" -QZA261016C42.5", "-4", "$1.05", "-$420.00"),
      row(" -QZA1261016P40", "2", "$3.00", "$600.00"),
      row("BRKB", "10", "$500.00", "$5000.00"),
      'Z00001111,"Joint, WROS",SPAXX**,HELD IN MONEY MARKET,,,,$1500.25,,,,,3.00%,,,Cash,',
      'Z00001111,"Joint, WROS",Pending activity,,,,,-$200.00,,,,,,',
      "",
      '"The data is provided',
      'to you solely for your use."',
      '"Date downloaded Oct-01-2026 12:05 p.m ET"',
    ].join("\r\n");
    const { positions, failures, report } = readText("fidelity", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual([
      "x1111 | QZA | 400 | 40.1",
      "x1111 | QZA   261016C00042500 | -4 | 1.05",
      "x1111 | QZA1  261016P00040000 | 2 | 3",
      "x1111 | BRKB | 10 | 500",
    ]);
    expect(report.cash).toEqual([
      { account: "x1111", amountUsd: 1500.25, name: "SPAXX**", line: 7 },
      { account: "x1111", amountUsd: -200, name: "Pending activity", line: 8 },
    ]);
    expect(report.asOf).toBe("2026-10-01T12:05[America/New_York]");
    expect(report.crossChecked).toEqual({ agree: 5, withinRounding: 0, untold: 0 });
    expect(report.skipped).toEqual([{ reason: "a line of text", lines: [10, 12] }]);
  });

  test("sentence case and a column more are the same header; another name is not", () => {
    const sentence = header
      .replace("Last Price,", "Last price,")
      .replace("Account Name", "Account name,Investment Type");
    const text = `${sentence}\n${row("QZA", "3", "$40.10", "$120.30").replace('"Joint, WROS"', "Joint,Margin")}`;
    expect(readText("fidelity", text).positions).toEqual(["x1111 | QZA | 3 | 40.1"]);
    const near = header.replace("Current Value", "Current Values");
    expect(refusal("fidelity", near)).toMatch(/^EXPORT_HEADER null a line with the columns .*current value/);
    expect(refusal("fidelity", `${header.replace("Description", "Quantity")}\n`)).toMatch(/^EXPORT_HEADER/);
    expect(refusal("fidelity", `${header},Quantity\n`)).toMatch(/^TABLE_COLUMN_DUPLICATE 1/);
  });

  test("moved cells, values that contradict, bonds, unreadable amounts: refused by line, and the account is not whole", () => {
    const text = [
      header,
      row("QZA", "3", "$40.10", "$120.34"),
      row("QZB", "3", "40,10", "$120.30"),
      row("912797MG9", "1000", "98.50", "$985.00"),
      row("QZC", "3", "$40.10", "$120.30").replace("Z00001111,", "Z00001111,,"),
      row("QZD", "3", "$40.10", "$120.30").replace("SOME NAME,", ""),
      row("QZE", "--", "$40.10", "$120.30"),
      `,${row("QZF", "3", "$40.10", "$120.30")}`,
      `,,${row("QZF", "3", "$40.10", "$120.30")}`,
      row("QZG", "3", "$40.10", "$1\u00A0203.00"),
    ].join("\n");
    const { positions, failures, report } = readText("fidelity", text);
    expect(failures).toEqual([
      "EXPORT_CHECK | 2 | Current Value | $120.34",
      "CSV_SYNTAX | 3 |  | QZB",
      "SYMBOL_INVALID | 4 | Symbol | 912797MG9",
      "CSV_SYNTAX | 5 |  | Joint, WROS",
      // As many cells as the header, for the one that is empty behind every row; the figures tell.
      "EXPORT_CHECK | 6 | Current Value | $0.00",
      "CELL_MISSING | 7 | Quantity | --",
      "CSV_SYNTAX | 8 |  | Joint, WROS",
      "CSV_SYNTAX | 9 |  | x1111",
      "CELL_TYPE | 10 | Current Value | $1 203.00",
    ]);
    // Every refused holding stays a position without a quantity, so no table made of it is taken for whole.
    expect(positions).toHaveLength(9);
    expect(positions.every((position) => position.includes("| none |"))).toBe(true);
    expect(report.unknownSymbols).toEqual(["912797MG9"]);
    expect(JSON.stringify([failures, report, positions])).not.toContain("Z00001111");
  });
});

describe("Schwab", () => {
  const title = '"Positions for account Individual ...321 as of 04:15 PM ET, 10/02/2026"';
  const newest =
    '"Symbol","Description","Qty (Quantity)","Price","Price Chng $","Price Chng %","Mkt Val","Day Chng $","Day Chng %","Cost Basis","Gain $","Gain %","Reinvest?","Reinvest Capital Gains?","Cost/Share","Asset Type",';
  const row = (symbol: string, quantity: string, price: string, value: string, type: string): string =>
    `"${symbol}","NAME","${quantity}","${price}","--","--","${value}","--","--","--","N/A","Incomplete","No","N/A","--","${type}",`;

  test("options, share classes, money, totals; `--` is nothing", () => {
    const text = [
      title,
      "",
      newest,
      row("BRK/B", "10", "$500.00", "$5,000.00", "Equity"),
      row("BRK/B 01/15/2027 550.00 C", "-1", "$12.34", "($1,234.00)", "Option"),
      row("QZA 01/15/2027 82.50 P", "2", "$1.10", "$220.00", "Option"),
      row("SWVXX", "1,000", "$1.00", "$1,000.00", "Cash and Money Market"),
      row("Cash & Cash Investments", "--", "--", "-$50.00", "Cash and Money Market"),
      row("Positions Total", "", "--", "$4,936.00", "--"),
    ].join("\n");
    const { positions, failures, report, tables } = readText("schwab", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual([
      "x321 | BRK.B | 10 | 500",
      "x321 | BRKB  270115C00550000 | -1 | 12.34",
      "x321 | QZA   270115P00082500 | 2 | 1.1",
    ]);
    expect(tables.options.map(({ cells }) => cells)).toEqual([
      { symbol: "BRKB  270115C00550000", underlying: "BRK.B" },
    ]);
    expect(tables.underlyings.map(({ cells }) => cells)).toEqual([{ symbol: "BRK.B", price: 500 }]);
    expect(tables.accounts.map(({ cells }) => cells)).toEqual([{ account: "x321", cash: 950 }]);
    expect(report).toMatchObject({
      stated: "04:15 PM ET, 10/02/2026",
      asOf: "2026-10-02T16:15[America/New_York]",
    });
    expect(report.skipped).toEqual([{ reason: "a total", lines: [9] }]);
  });

  test("the long names of older files; all accounts, each under its line", () => {
    const older = newest
      .replace('"Mkt Val"', '"Mkt Val (Market Value)"')
      .replace('"Asset Type",', '"Security Type"');
    const short = (line: string): string => line.replace(/,$/, "");
    const text = [
      '"Positions for All-Accounts as of 08:50 PM ET, 2026/10/02"',
      "",
      '"Roth ...321"',
      older,
      short(row("QZA", "1", "10.00", "$10.00", "Equity")),
      '"Account Total","","--","--","--","--","$10.00","--","--","--","--","--","--","--","--","--"',
      "",
      '"A name alone"',
      older,
      short(row("QZA", "2", "10.00", "$20.00", "Equity")),
    ].join("\n");
    const { positions, report } = readText("schwab", text);
    expect(report.accounts).toHaveLength(2);
    expect(report.accounts).toEqual(["x321", "xlone"]);
    expect(report.notes).toEqual([]);
    expect(positions.map((position) => position.slice(position.indexOf("|")))).toEqual([
      "| QZA | 1 | 10",
      "| QZA | 2 | 10",
    ]);
  });

  test("bonds, options that do not read, an unquoted thousands comma", () => {
    const text = [
      title,
      newest,
      row("QZT 4.5 2031", "1000", "$98.00", "$980.00", "Fixed Income"),
      row("QZA 15JAN27 82.5 P", "2", "$1.10", "$220.00", "Option"),
      row("QZA", "2", "$1,100.00", "$2,200.00", "Equity").replace('"$1,100.00"', "$1,100.00"),
      row("QZB", "200", "$1.10", "$22,000.00", "Equity"),
    ].join("\n");
    const { failures } = readText("schwab", text);
    expect(failures).toEqual([
      "EXPORT_HOLDING | 3 | Asset Type | QZT 4.5 2031",
      "SYMBOL_INVALID | 4 | Symbol | QZA 15JAN27 82.5 P",
      "CSV_SYNTAX | 5 |  | QZA",
      "EXPORT_CHECK | 6 | Mkt Val | $22,000.00",
    ]);
  });

  test("another export is named as what it begins like", () => {
    expect(refusal("schwab", "Position Statement for 123456789 (x) on 1/2/26 10:00:00\n\nNone\n")).toMatch(
      /like the export thinkorswim$/,
    );
    expect(refusal("thinkorswim", `${title}\n\n${newest}\n`)).toMatch(/like the export schwab$/);
    expect(refusal("schwab", '"Symbol","Description\n')).toMatch(/^EXPORT_SYNTAX \d+ a closing quote/);
    expect(refusal("schwab", Buffer.from([34, 0xe9, 34, 10]))).toBe("EXPORT_SYNTAX 1 text in UTF-8");
    expect(refusal("schwab", "\uFEFF \n")).toMatch(/^FILE_EMPTY/);
    expect(refusal("schwab", `${title}\n${newest}\n`)).toMatch(/^FILE_EMPTY .*nothing below them$/);
  });
});

describe("E*TRADE", () => {
  const above = [
    "Account Summary",
    "Account,Net Account Value,Total Gain $,Total Gain %",
    '"Brokerage -4321",25000.00,1.00,2.00',
    "",
    "View Summary - All Positions",
    "Filters applied:",
    "Symbol,Security type(s),Sort by,Sort order,",
    ",All,Symbol,Asc,",
    "",
  ];
  const header =
    "Symbol,Last Price $,Change $,Change %,Quantity,Price Paid $,Day's Gain $,Total Gain $,Total Gain %,Value $";

  test("options in words, lots, money, total, time", () => {
    const text = [
      ...above,
      header,
      "QZA,113.35,-0.62,-0.54,246.0056,89.22,-152.52,5933.14,27.02,27884.73",
      "01/02/2024,113.35,-0.62,-0.54,246.0056,89.22,-152.52,5933.14,27.02,27884.73",
      '"QZA Jan 15 \'27 $1,150 Call",2.10,0,0%,-1,2.75,0,65,23.6%,-210.00',
      "QZA Jan 15 '27 $82.50 Put,.05,0,0%,3,2.75,0,65,23.6%,15.00,",
      "CASH,,,,,,,,,1000.00",
      "TOTAL,,,,,,,,,28689.73",
      "",
      "Generated at Oct 02 2026 11:42 AM ET",
    ].join("\n");
    const { positions, failures, report } = readText("etrade", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual([
      "x4321 | QZA | 246.0056 | 113.35",
      "x4321 | QZA   270115C01150000 | -1 | 2.1",
      "x4321 | QZA   270115P00082500 | 3 | 0.05",
    ]);
    expect(report.cash).toEqual([{ account: "x4321", amountUsd: 1000, name: "CASH", line: 15 }]);
    expect(report.asOf).toBe("2026-10-02T11:42[America/New_York]");
    expect(report.skipped.map(({ reason }) => reason)).toContain("a lot of the holding above");
  });

  test("a row of a bond's description, a row that ends early, two accounts in one file", () => {
    const text = [
      ...above,
      header,
      "US TREASURY NOTE 4.5% 2031,98.1,0,0,1000,98,0,0,0,981.00",
      "QZA,10.00,1,1,5",
    ].join("\n");
    const { failures } = readText("etrade", text);
    expect(failures).toEqual([
      "SYMBOL_INVALID | 11 | Symbol | US TREASURY NOTE 4.5% 2031",
      "CSV_SYNTAX | 12 |  | QZA",
    ]);
    const second = above.toSpliced(3, 0, '"Roth -8765",1.00,1.00,2.00');
    expect(refusal("etrade", [...second, header, "QZA,10.00,1,1,5,1,1,1,1,50.00"].join("\n"))).toMatch(
      /^EXPORT_SYNTAX 4 one account/,
    );
  });

  test("without a name of the account the format stands for it", () => {
    expect(readText("etrade", `${header}\nQZA,10.00,1,1,5,1,1,1,1,50.00`).positions).toEqual([
      "etrade | QZA | 5 | 10",
    ]);
  });
});

describe("tastytrade", () => {
  const header =
    "Account,Symbol,Type,Quantity,Exp Date,DTE,Strike Price,Call/Put,Underlying Last Price,P/L Open,P/L Day,Trade Price,IV Rank,Delta,Bid (Sell),Ask (Buy),D's Opn,β Delta,Days To Expiration,Indicators";
  const row = (start: string, last: string, quotes: string): string =>
    `${start},${last},2010,1,20.00,20,.5,${quotes},3,1,30,`;

  test("option symbols, prices of underlyings, quotes; futures and options on them; no cash, no date", () => {
    const text = [
      header,
      row("5WX12345,QZA,STOCK,100,,,,", "40.10", "40.09,40.11"),
      row("5WX12345,QZA   261016P00040000,OPTION,-2,2026-10-16,30,40,PUT", "40.10", "1.00,1.10"),
      row("5WX12345,SPXW  261030P06000000,OPTION,1,2026-10-30,30,6000,PUT", "6100.5", "20.0,20.4"),
      row("5WX12345,QZB,Option,1,Jan 15 '27,100,12.5,Call", "11.00", "0,0.05"),
      row("5WX12345,/ESZ6,FUTURES,1,,,,", "6110", "6110,6110.25"),
      row("5WX12345,./ESZ6 EW4V6 261023P5800,FUTURES_OPTION,-1,2026-10-23,30,5800,PUT", "6110", "10,11"),
    ].join("\n");
    const { positions, failures, tables, report } = readText("tastytrade", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual([
      "x2345 | QZA | 100 | 40.1",
      "x2345 | QZA   261016P00040000 | -2 | -",
      "x2345 | SPXW  261030P06000000 | 1 | -",
      "x2345 | QZB   270115C00012500 | 1 | -",
      "x2345 | ESZ6 | 1 | -",
      "x2345 | ./ESZ6 EW4V6 261023P5800 | -1 | -",
    ]);
    expect(tables.underlyings.map(({ cells }) => cells)).toEqual([
      { symbol: "QZA", price: 40.1 },
      { symbol: "SPX", price: 6100.5 },
      { symbol: "QZB", price: 11 },
    ]);
    expect(tables.options.map(({ cells }) => cells).slice(-1)).toEqual([
      {
        symbol: "./ESZ6 EW4V6 261023P5800",
        underlying: "ESZ6",
        type: "put",
        strike: 5800,
        expiry: "2026-10-23",
        bid: 10,
        ask: 11,
      },
    ]);
    expect(report).toMatchObject({ stated: null, asOf: null, cash: [] });
  });

  test("without the mark a share's profit is not reckoned from the last price", () => {
    const far = row("5WX12345,QZA,STOCK,100,,,,", "40.13", "40.09,40.11");
    const { positions, report } = readText("tastytrade", `${header}\n${far}`);
    expect(positions).toEqual(["x2345 | QZA | 100 | 40.13"]);
    expect(report.crossChecked).toEqual({ agree: 0, withinRounding: 0, untold: 1 });
    const marked = header.replace("Underlying Last Price", "Mark");
    expect(readText("tastytrade", `${marked}\n${far}`).failures).toEqual([
      "EXPORT_CHECK | 2 | P/L Open | 2010",
    ]);
  });

  test("columns in another order and fewer; a symbol that contradicts its columns; unknown types", () => {
    const text = [
      "Symbol,Type,Account,Strike Price,Call/Put,Exp Date,Quantity",
      "QZA   261016P00040000,OPTION,5WX12345,45,PUT,2026-10-16,1",
      "SPX,OPTION,5WX12345,6000,PUT,2026-10-16,1",
      "BTC/USD,CRYPTO,5WX12345,,,,1",
      "QZA,STOCK,5WX12345,,,,1.5",
    ].join("\n");
    const { positions, failures } = readText("tastytrade", text);
    expect(failures).toEqual([
      "EXPORT_HOLDING | 2 | Symbol | QZA   261016P00040000",
      "EXPORT_HOLDING | 3 | Symbol | SPX",
      "EXPORT_HOLDING | 4 | Symbol | BTC/USD",
    ]);
    expect(positions[0]).toBe("x2345 | QZA | 1.5 | -");
  });
});
