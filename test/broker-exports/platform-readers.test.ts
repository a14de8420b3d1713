import { describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import type { BrokerFormat } from "../../src/broker-exports/formats.js";
import { readText } from "./read.js";

// Invented holdings in the exact shapes of the platforms' exports.

function refusal(format: BrokerFormat, text: string): string {
  try {
    readText(format, text);
  } catch (error) {
    if (error instanceof MarginError)
      return error.failures.map(({ code, line }) => `${code} ${line}`).join("\n");
    throw error;
  }
  return "none";
}

describe("thinkorswim", () => {
  const above = ["Position Statement for 987654321 (name) on 10/2/26 11:49:04", "", "None"];
  const header = "Instrument,Qty,Days,Trade Price,Mark,Mrk Chng,P/L Open,P/L Day,BP Effect";

  test("headings, legs, tags, multipliers, prices of underlyings that are not held, futures, money", () => {
    const text = [
      ...above,
      header,
      "/ES,+1,,6100.00,6110.00,1,$500.00,$500.00,",
      '"E-mini S&P 500, Dec-26 (prev. /ESZ6)",+1,79,6100.00,6110.00,1,$500.00,$500.00,',
      "SPX,,,,,,$0.00,$0.00,",
      "S&P 500 INDEX,0,,.00,6105.25,-1.98,$0.00,$0.00,",
      "100 16 OCT 26 6000 PUT,-1,14,20.00,18.00,N/A,$200.00,$200.00,",
      "100 (Weeklys) 30 OCT 26 6000 PUT,+1,28,30.00,31.50,N/A,$150.00,$150.00,",
      "BRK/B,,,,,,$0.00,$0.00,",
      "BERKSHIRE HATHAWAY INC CL B,+10,,490.00,500.00,0,$100.00,$0.00,",
      "100 15 JAN 27 550 CALL,-2,105,10.00,12.00,0,($400.00),$0.00,",
      "QZM,,,,,,$0.00,$0.00,",
      "10 15 JAN 27 55 CALL,-2,105,1.00,2.00,0,($20.00),$0.00,",
      "QZA,+3,,10.00,11.00,0,$3.00,$0.00,",
      "",
      'Cash & Sweep Vehicle,"($1,310.40)"',
      "AVAILABLE DOLLARS,$24.00",
    ].join("\n");
    const { positions, failures, tables, report } = readText("thinkorswim", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual([
      "x4321 | ESZ26 | 1 | -",
      "x4321 | SPX   261016P06000000 | -1 | 18",
      "x4321 | SPXW  261030P06000000 | 1 | 31.5",
      "x4321 | BRK.B | 10 | 500",
      "x4321 | BRKB  270115C00550000 | -2 | 12",
      "x4321 | QZM   270115C00055000 | -2 | 2",
      "x4321 | QZA | 3 | 11",
    ]);
    expect(tables.options.map(({ cells }) => cells)).toEqual([
      { symbol: "BRKB  270115C00550000", underlying: "BRK.B" },
      { symbol: "QZM   270115C00055000", multiplier: 10 },
    ]);
    expect(tables.underlyings.map(({ cells }) => cells)).toEqual([
      { symbol: "ESZ26", price: 6110, kind: "future", multiplier: null },
      { symbol: "BRK.B", price: 500 },
      { symbol: "QZA", price: 11 },
      { symbol: "SPX", price: 6105.25 },
    ]);
    expect(report.cash).toEqual([
      { account: "x4321", amountUsd: -1310.4, name: "Cash & Sweep Vehicle", line: 18 },
    ]);
    // The clock is the user's own: no zone, no as-of time.
    expect(report).toMatchObject({ stated: "10/2/26 11:49:04", asOf: null });
    expect(report.crossChecked).toEqual({ agree: 6, withinRounding: 0, untold: 1 });
  });

  test("the layout with Net Liq; several groups, each with its header", () => {
    const text = [
      "Position Statement for 12345678SCHW (Individual) on 10/2/26 22:14:27",
      "Equities and Equity Options",
      "Instrument,Qty,Days,Trade Price,Mark,Mrk Chng,Net Liq",
      'QZA,+200,,69.3705,61.11,+1.41,"$12,222.00"',
      'Group "options"',
      "Instrument,Qty,Days,Trade Price,Mark,Mrk Chng,Net Liq",
      "QZB,,,,,,$193.50",
      "100 16 OCT 26 365 CALL,+1,17,2.05,1.935,-.6663,$193.50",
    ].join("\n");
    const { positions, failures } = readText("thinkorswim", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual(["x5678 | QZA | 200 | 61.11", "x5678 | QZB   261016C00365000 | 1 | 1.935"]);
  });

  test("collapsed groups, sums that do not add up, options on futures, gains that contradict, unknown tags", () => {
    const text = [
      ...above,
      header,
      "QZA,,,,,,$0.00,$0.00,",
      "QZB,+5,,10.00,11.00,0,$5.00,$0.00,",
      "QZB CORP COM,+4,,10.00,11.00,0,$4.00,$0.00,",
      "/6E,,,,,,$0.00,$0.00,",
      "1/125000 JUN 27 (European) /EUUM27 1.13 PUT,+1,20,.0025,.003,0,$62.50,$0.00,",
      "QZC,,,,,,$0.00,$0.00,",
      "100 15 JAN 27 55 CALL,-2,105,1.00,2.00,0,($20.00),$0.00,",
      "100 (Mini) 15 JAN 27 55 CALL,-2,105,1.00,2.00,0,($200.00),$0.00,",
      "SPX,,,,,,$0.00,$0.00,",
      "100 30 OCT 26 6000 PUT,+1,28,30.00,31.50,N/A,$150.00,$150.00,",
    ].join("\n");
    expect(readText("thinkorswim", text).failures).toEqual([
      "EXPORT_HOLDING | 5 | Qty | QZA",
      "EXPORT_HOLDING | 6 | Qty | QZB",
      "EXPORT_HOLDING | 9 | Instrument | 1/125000 JUN 27 (European) /EUUM27 1.13 PUT",
      "EXPORT_CHECK | 11 | P/L Open | ($20.00)",
      "EXPORT_HOLDING | 12 | Instrument | 100 (Mini) 15 JAN 27 55 CALL",
      "EXPORT_HOLDING | 14 | Instrument | 100 30 OCT 26 6000 PUT",
    ]);
    expect(refusal("thinkorswim", [...above, header.replace("Mark", "Marks")].join("\n"))).toBe(
      "EXPORT_HEADER null",
    );
  });
});

describe("IBKR activity statement", () => {
  const above = [
    "Statement,Header,Field Name,Field Value",
    'Statement,Data,Period,"January 1, 2026 - October 2, 2026"',
    "Account Information,Header,Field Name,Field Value",
    "Account Information,Data,Account,U7654321",
    "Account Information,Data,Base Currency,USD",
  ];
  const header =
    "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,Unrealized P/L,Code";
  const row = (category: string, symbol: string, figures: string): string =>
    `Open Positions,Data,Summary,${category},USD,${symbol},${figures},0,`;

  test("summaries alone, every spelling of an option, multipliers, futures, totals, expired ones, money", () => {
    const text = [
      "\uFEFF" + above.join("\n"),
      header,
      row("Stocks", "BRK B", "10,1,490,4900,500,5000"),
      "Open Positions,Data,Lot,Stocks,USD,BRK B,10,1,490,4900,500,5000,0,",
      row("Stocks", "QZA", '"1,000",1,9,9000,10.5,"10,500"'),
      row("Equity and Index Options", "BRK B 15JAN27 550 C", "-1,100,10,-1000,12,-1200"),
      row("Equity and Index Options", "QZA   270115P00082500", "2,100,1,200,1.1,220"),
      row("Equity and Index Options", "QZM 15JAN27 5.5 P", "2,10,1,20,1.1,22"),
      row("Equity and Index Options", "QZA 18SEP26 9 P", "2,100,1,200,0,0"),
      "Open Positions,SubTotal,,Stocks,USD,QZA,1000,,,9000,,10500,,",
      "Open Positions,Total,,Stocks,USD,,,,,13900,,15500,,",
      "Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Cost Basis,Close Price,Value,Unrealized P/L,Expiry,Strike,Put/Call,Code",
      "Open Positions,Data,Summary,Futures,USD,ESZ6,1,50,6100,305000,6110,305500,500,2026-12-18,,,",
      "Open Positions,Data,Summary,Options On Futures,USD,ESZ6 C6200,-1,50,80,-4000,75,-3750,250,2026-12-18,6200,C,",
      "Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures,",
      "Cash Report,Data,Ending Cash,Base Currency Summary,1234.56,1234.56,0,",
      "Cash Report,Data,Ending Cash,USD,1200,1200,0,",
    ].join("\n");
    const { positions, failures, tables, report } = readText("ibkr-activity", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual([
      "x4321 | BRK.B | 10 | 500",
      "x4321 | QZA | 1000 | 10.5",
      "x4321 | BRKB  270115C00550000 | -1 | 12",
      "x4321 | QZA   270115P00082500 | 2 | 1.1",
      "x4321 | QZM   270115P00005500 | 2 | 1.1",
      "x4321 | ESZ6 | 1 | -",
      "x4321 | ESZ6 C6200 | -1 | 75",
    ]);
    expect(tables.options.map(({ cells }) => cells)).toEqual([
      { symbol: "BRKB  270115C00550000", underlying: "BRK.B" },
      { symbol: "QZM   270115P00005500", multiplier: 10 },
      {
        symbol: "ESZ6 C6200",
        underlying: "ESZ6",
        type: "call",
        strike: 6200,
        expiry: "2026-12-18",
        multiplier: 50,
      },
    ]);
    expect(tables.underlyings[2]?.cells).toEqual({
      symbol: "ESZ6",
      price: 6110,
      kind: "future",
      multiplier: 50,
    });
    expect(report.cash).toEqual([
      { account: "x4321", amountUsd: 1234.56, name: "Ending Cash, all currencies", line: 20 },
    ]);
    expect(report.skipped.map(({ reason, lines }) => [reason, ...lines])).toEqual([
      ["a lot of the holding above", 8],
      ["an option that had expired by the file's date, without value", 13],
      ["a total", 14, 15],
    ]);
    expect(report).toMatchObject({ stated: "January 1, 2026 - October 2, 2026", asOf: null });
  });

  test("long and short sections, a time without quotes", () => {
    const long = header.replace("Open Positions", "Long Open Positions").replace("Quantity", "Open,Quantity");
    const text = [
      ...above,
      long,
      "Long Open Positions,Data,Summary,Stocks,USD,QZA,-,5,1,9,45,10,50,5,",
      "Long Open Positions,Data,Summary,Stocks,USD,QZB,2026-03-27, 10:30:15,5,1,9,45,10,50,5,",
      long.replace("Long", "Short"),
      "Short Open Positions,Data,Summary,Stocks,USD,QZC,-,-5,1,9,-45,10,-50,5,",
      "Short Open Positions,Data,Summary,Stocks,USD,QZD,-,5,1,9,45,10,50,5,",
    ].join("\n");
    const { positions, failures } = readText("ibkr-activity", text);
    expect(positions.slice(0, 3)).toEqual([
      "x4321 | QZA | 5 | 10",
      "x4321 | QZB | 5 | 10",
      "x4321 | QZC | -5 | 10",
    ]);
    expect(failures).toEqual(["CELL_RANGE | 11 | Quantity | QZD"]);
  });

  test("other currencies, other languages, bonds, moved cells, contradictions", () => {
    const text = [
      ...above,
      header,
      row("Stocks", "QZA", "5,1,9,45,10,50").replace("USD", "CAD"),
      row("Aktien", "QZA", "5,1,9,45,10,50"),
      row("Bonds", "T 4 1/2 31", "5,1,9,45,10,50"),
      row("Stocks", "QZA", "1,000,1,9,9000,10.5,10500"),
      row("Equity and Index Options", "QZA 15JAN27 5 P", "2,100,1,200,1.1,22"),
      row("Stocks", "QZA", "--,1,9,45,10,50"),
    ].join("\n");
    expect(readText("ibkr-activity", text).failures).toEqual([
      "EXPORT_HOLDING | 7 | Currency | QZA",
      "EXPORT_HOLDING | 8 | Symbol | QZA",
      "EXPORT_HOLDING | 9 | Symbol | T 4 1/2 31",
      "CSV_SYNTAX | 10 |  | QZA",
      "EXPORT_CHECK | 11 | Value | 22",
      "CELL_MISSING | 12 | Quantity | --",
    ]);
    expect(refusal("ibkr-activity", [...above, header.replace("Close Price", "Price")].join("\n"))).toBe(
      "EXPORT_HEADER null",
    );
    expect(refusal("ibkr-activity", above.join("\n"))).toBe("EXPORT_HEADER null");
  });
});

describe("IBKR Flex query", () => {
  const xml = (inside: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<FlexQueryResponse><FlexStatements>\n<FlexStatement accountId="U7654321">\n<OpenPositions>\n${inside}\n</OpenPositions>\n<CashReport><CashReportCurrency currency="BASE_SUMMARY" endingCash="77.5" /><CashReportCurrency currency="USD" endingCash="70" /></CashReport>\n</FlexStatement></FlexStatements></FlexQueryResponse>\n`;
  const position = (fields: string): string => `<OpenPosition currency="USD" fxRateToBase="1" ${fields} />`;
  const stock =
    'assetCategory="STK" symbol="QZA" position="60" markPrice="10.5" positionValue="630" multiplier="1"';

  test("summaries before lots, entities, adjusted roots, share classes, money in the base currency", () => {
    const text = xml(
      [
        position(`${stock} levelOfDetail="SUMMARY" reportDate="20261002" description="A &amp; B"`),
        position(`${stock} levelOfDetail="LOT" reportDate="20261002"`),
        position(
          'assetCategory="OPT" symbol="BRKB  270115C00550000" underlyingSymbol="BRK B" multiplier="100" strike="550" expiry="20270115" putCall="C" position="-1" markPrice="12" positionValue="-1200" side="Short" levelOfDetail="SUMMARY"',
        ),
        position(
          'assetCategory="OPT" symbol="BABA2 270115C00080000" underlyingSymbol="BABA" multiplier="100" position="1" markPrice="2" positionValue="200"',
        ),
      ].join("\n"),
    );
    const { positions, failures, tables, report } = readText("ibkr-flex", text);
    expect(failures).toEqual([]);
    expect(positions).toEqual([
      "x4321 | QZA | 60 | 10.5",
      "x4321 | BRKB  270115C00550000 | -1 | 12",
      "x4321 | BABA2 270115C00080000 | 1 | 2",
    ]);
    expect(tables.options.map(({ cells }) => cells)).toEqual([
      { symbol: "BRKB  270115C00550000", underlying: "BRK.B" },
    ]);
    expect(tables.accounts.map(({ cells }) => cells)).toEqual([{ account: "x4321", cash: 77.5 }]);
    expect(report.skipped).toEqual([{ reason: "a lot of a holding that is summed up", lines: [6] }]);
    expect(report.stated).toBe("20261002");
  });

  test("a query of lots alone adds them up", () => {
    const lot = position(`${stock} levelOfDetail="LOT"`);
    expect(readText("ibkr-flex", xml(`${lot}\n${lot}`)).positions).toEqual(["x4321 | QZA | 120 | 10.5"]);
  });

  test("a query over several days: the last one's book", () => {
    const day = (date: string, fields: string): string => position(`reportDate="${date}" ${fields}`);
    const sold = 'assetCategory="STK" symbol="QZB" position="5" markPrice="1" positionValue="5"';
    const text = xml(
      [day("20261001", stock), day("20261001", sold), day("20261002", stock), position(sold)].join("\n"),
    );
    const { positions, report } = readText("ibkr-flex", text);
    expect(positions).toEqual(["x4321 | QZA | 60 | 10.5", "x4321 | QZB | 5 | 1"]);
    expect(report.skipped).toEqual([{ reason: "a position of an earlier day", lines: [5, 6] }]);
    expect(report.stated).toBe("20261002");
  });

  test("contradictions by line; XML that breaks off, other documents", () => {
    const text = xml(
      [
        position(`${stock.replace('"630"', '"63"')} levelOfDetail="SUMMARY"`),
        position(`${stock} side="Short"`),
        position(
          'assetCategory="OPT" symbol="QZA   270115C00080000" strike="85" position="1" markPrice="2" positionValue="200"',
        ),
        position('assetCategory="BOND" symbol="T 4 31" position="1" markPrice="2" positionValue="2"'),
        position(`${stock.replace("symbol", "isin")}`),
      ].join("\n"),
    );
    expect(readText("ibkr-flex", text).failures).toEqual([
      "EXPORT_CHECK | 5 | positionValue | 63",
      "EXPORT_CHECK | 6 | position | 60",
      "EXPORT_HOLDING | 7 | symbol | QZA   270115C00080000",
      "EXPORT_HOLDING | 8 | symbol | T 4 31",
      "SYMBOL_INVALID | 9 | symbol | ",
    ]);
    expect(refusal("ibkr-flex", text.slice(0, -60))).toMatch(/^EXPORT_SYNTAX \d+$/);
    expect(
      refusal("ibkr-flex", '<FlexQueryResponse><Trades><Trade symbol="A" /></Trades></FlexQueryResponse>'),
    ).toBe("EXPORT_HEADER null");
  });

  const csvHeader =
    '"ClientAccountID","CurrencyPrimary","FXRateToBase","AssetClass","Symbol","Multiplier","Strike","Expiry","Put/Call","Quantity","MarkPrice","PositionValue","LevelOfDetail"';
  const csvRow =
    '"U7654321","USD","1","OPT","QZA   270115C00080000","100","80","20270115","C","-2","1.5","-300","SUMMARY"';

  test.each([
    ["plain", [csvHeader, csvRow]],
    ["with a message first", ['"MSG","Something is not ready."', csvHeader, csvRow]],
    [
      "in wrappers, below trades",
      [
        '"BOF","U7654321","q","2","20261002","20261002"',
        '"BOA","U7654321"',
        '"BOS","TRNT","Trades"',
        '"ClientAccountID","Symbol","Quantity","TradePrice","TradeID"',
        '"U7654321","QZB","5","1","9"',
        '"EOS","TRNT"',
        '"BOS","POST","Positions"',
        csvHeader,
        csvRow,
        '"EOS","POST"',
        '"EOF"',
      ],
    ],
    ["with prefixes", [`"HEADER","POST",${csvHeader}`, `"DATA","POST",${csvRow}`]],
    [
      "below cash",
      [
        '"ClientAccountID","CurrencyPrimary","LevelOfDetail","EndingCash"',
        '"U7654321","USD","Currency","70"',
        csvHeader,
        csvRow,
      ],
    ],
  ])("CSV, %s", (name, lines) => {
    const { positions, failures, report } = readText("ibkr-flex", lines.join("\n"));
    expect(failures).toEqual([]);
    expect(positions).toEqual(["x4321 | QZA   270115C00080000 | -2 | 1.5"]);
    expect(report.cash.map(({ amountUsd }) => amountUsd)).toEqual(name === "below cash" ? [70] : []);
  });

  test("CSV: a row of another width is refused", () => {
    const lines = [csvHeader, csvRow, csvRow.replace('"USD",', '"USD","x",')];
    expect(readText("ibkr-flex", lines.join("\n")).failures[0]).toMatch(/^CSV_SYNTAX \| 3/);
  });
});

describe("OptionNet Explorer", () => {
  const text = (...fills: readonly string[]): string =>
    [
      "ONE Detail Report",
      "",
      "Date/Time: 10/2/2026 08:28:42",
      ",Account,Expiration,TradeId,TradeName,Underlying,Status,TradeType,OpenDate,CloseDate,DaysToExpiration,DaysInTrade,Margin,Comms,PnL,PnLperc",
      ",,Account,TradeId,Date,Transaction,Qty,Symbol,Expiry,Type,Description,Underlying,Price,Commission",
      "Main ",
      ',"Main",1/15/2027,11,"one",QZA,Open,Custom,9/1/2026 9:37 AM,,53,58,1.30,4.46,1.74,8.67',
      ...fills,
    ].join("\n");
  const fill = (transaction: string, quantity: string, rest = "QZA Jan27 85 Put"): string =>
    `,,"Main",11,9/1/2026 11:37:32 AM,${transaction},${quantity},QZA   270116P00085000,1/15/2027,Put,${rest},QZA,11.92,2.28`;

  test("fills add up; the Saturday is the Friday of the expiry; closed trades and sums of nothing are passed over", () => {
    const closed = ',"Main",1/15/2027,12,"two",QZB,Closed,Custom,9/1/2026 9:37 AM,,53,58,1.30,4.46,1.74,8.67';
    const gone = fill("Buy", "9").replace(",11,", ",12,").replaceAll("QZA", "QZB");
    const stock = ',,"Main",11,9/1/2026 11:37:32 AM,Buy,100,QZA,,Stock,QZA,QZA,80,1';
    const { positions, failures, report } = readText(
      "optionnet-explorer",
      text(fill("Buy", "5"), fill("Sell", "7"), stock, stock.replace("Buy", "Sell"), closed, gone),
    );
    expect(failures).toEqual([]);
    expect(positions).toEqual(["xMain | QZA   270115P00085000 | -2 | -"]);
    expect(report.notes).toHaveLength(1);
    expect(report.notes[0]).toContain("Saturday 2027-01-16; read as QZA   270115P00085000");
    expect(report.skipped.map(({ reason }) => reason)).toEqual([
      "a line of text",
      "the heading of a trade",
      "a fill of a closed trade",
      "fills that add up to nothing",
    ]);
  });

  test("symbol, expiry, type and description have to agree; other transactions are refused", () => {
    const { failures } = readText(
      "optionnet-explorer",
      text(
        fill("Buy", "1", "QZA Jan27 80 Put"),
        fill("Buy", "1").replace("1/15/2027", "1/22/2027"),
        fill("Buy", "1").replace(",Put,", ",Call,"),
        fill("Assigned", "1"),
        fill("Buy", "-1"),
      ),
    );
    expect(failures).toEqual([
      "EXPORT_HOLDING | 8 | Symbol | QZA   270116P00085000",
      "EXPORT_HOLDING | 9 | Symbol | QZA   270116P00085000",
      "EXPORT_HOLDING | 10 | Symbol | QZA   270116P00085000",
      "EXPORT_HOLDING | 11 | Transaction | Assigned",
      "EXPORT_HOLDING | 12 | Qty | -1",
    ]);
  });
});

describe("several exports", () => {
  const exported = (account: string, price: string): string =>
    `Account,Symbol,Type,Quantity,Mark\n${account},QZA,STOCK,1,${price}\n`;

  test("labels grow until they differ; a second export of an account, and a second price, are reported", () => {
    const { positions, failures } = readText(
      "tastytrade",
      exported("5WX12345", "10"),
      exported("5WX92345", "10"),
    );
    expect(positions).toEqual(["x12345 | QZA | 1 | 10", "x92345 | QZA | 1 | 10"]);
    expect(failures).toEqual([]);
    const twice = readText("tastytrade", exported("5WX12345", "10"), exported("5WX12345", "11"));
    expect(twice.failures).toEqual([
      "ROW_DUPLICATE |  |  | x2345",
      "MARK_CONFLICT | 2 |  | 11",
      "ROW_DUPLICATE | 2 |  | QZA",
    ]);
  });
});
