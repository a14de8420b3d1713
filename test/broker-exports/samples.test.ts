import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import type { BrokerFormat } from "../../src/broker-exports/formats.js";
import { readFiles, samples } from "./read.js";

const isHere = existsSync(samples);
const read = (format: BrokerFormat, name: string): ReturnType<typeof readFiles> =>
  readFiles(format, join(samples, name));

// Anonymised exports as the brokers made them; what they hold was read off them by eye.
describe.skipIf(!isHere)(
  `exports as brokers made them${isHere ? "" : " (skipped: the samples are not here)"}`,
  () => {
    test("Fidelity: lots of one symbol in margin and cash, core positions, an option with a blank before it", () => {
      const { positions, failures, report } = read("fidelity", "fidelity-portfolio-positions.csv");
      expect(failures).toEqual([]);
      expect(positions).toEqual([
        "x0001 | AMAT | 100 | 402.93",
        "x0001 | AMAT  260424C00400000 | -1 | 9.15",
        "x0003 | ATAI | 1300 | 4.77",
      ]);
      expect(report.cash.map(({ account, amountUsd }) => `${account} ${amountUsd}`)).toEqual([
        "x0001 -100000",
        "x0002 0.04",
        "x0003 30000",
        "x0004 200",
      ]);
      expect(report.crossChecked).toEqual({ agree: 4, withinRounding: 0, untold: 0 });
      expect(report.asOf).toBe("2026-04-23T13:39[America/New_York]");
    });

    test("Schwab, one account and all", () => {
      const one = read("schwab", "schwab-positions.csv");
      expect(one.positions).toEqual(["x000 | QQQ | 10 | 529.78"]);
      expect(one.report).toMatchObject({
        asOf: "2026-02-06T22:11[America/New_York]",
        cash: [{ amountUsd: 6440 }],
      });
      // The sample was shortened, and its total tells.
      expect(one.report.notes).toEqual([
        "line 6: the total is 12714.05, the rows above add up to 11737.80: the file may lack some",
      ]);
      const all = read("schwab", "schwab-positions-all-accounts.csv");
      expect(all.positions).toEqual(["x000 | VTI | 100 | 250"]);
      expect(all.report.cash).toMatchObject([{ account: "x000", amountUsd: 6250 }]);
      expect([...one.failures, ...all.failures]).toEqual([]);
      expect(() => read("schwab", "schwab-transactions-options.csv")).toThrow(MarginError);
    });

    test("IBKR activity statement: an expired option without value, a holding in another currency", () => {
      const { positions, failures, report } = read("ibkr-activity", "ibkr-activity-statement.csv");
      expect(positions).toEqual([
        "x0000 | AAPL | 10.0545 | 266.43",
        "x0000 | AMZN | 2 | 248.5",
        "x0000 | XEQT | none | -",
      ]);
      expect(failures).toEqual(["EXPORT_HOLDING | 13 | Currency | XEQT"]);
      expect(report.cash).toMatchObject([{ account: "x0000", amountUsd: 40 }]);
      expect(report.notes).toEqual([
        "line 10: Net Asset Value has 6223.20 of cash; Ending Cash, USD was used",
      ]);
      expect(report.crossChecked).toEqual({ agree: 2, withinRounding: 0, untold: 0 });
    });

    test("IBKR Flex: lots beside summaries, Saturdays, an option on a future", () => {
      const { positions, failures, report, tables } = read("ibkr-flex", "ibkr-flex-open-positions.xml");
      expect(failures).toEqual([]);
      expect(positions).toEqual([
        "x0000 | TSLA  260403C00250000 | 1 | 12.4",
        "x0000 | TSLA  260403C00260000 | -1 | 9.8",
        "x0000 | QQQ   260327C00480000 | 2 | 6.2",
        "x0000 | SPY | 100 | 510.25",
        "x0000 | ESZ6 C6000 | 1 | 50",
      ]);
      expect(tables.options.map(({ cells }) => cells)).toEqual([
        {
          symbol: "ESZ6 C6000",
          underlying: "ESZ6",
          type: "call",
          strike: 6000,
          expiry: "2026-12-18",
          multiplier: 50,
        },
      ]);
      expect(report.crossChecked.agree).toBe(5);
      expect(report.notes).toHaveLength(3);
    });

    test("OptionNet Explorer: Saturdays, fills, an expired option in an open trade", () => {
      const { positions, failures } = read("optionnet-explorer", "optionnet-explorer-detail.csv");
      expect(failures).toEqual([]);
      expect(positions).toEqual([
        "xCCT1 | SPX   220318P04025000 | 2 | -",
        "xCCT1 | SPX   220318P02725000 | 4 | -",
        "xCCT1 | SPX   220318P03725000 | -4 | -",
      ]);
    });

    test("thinkorswim: the older form and the one under Schwab", () => {
      const older = read("thinkorswim", "thinkorswim-position-statement.csv");
      expect(older.failures).toEqual([]);
      expect(older.positions).toEqual([
        "x6789 | MESH22 | 1 | -",
        "x6789 | SPX   220121P04795000 | 1 | 63.2",
        "x6789 | SPXW  220331C04795000 | 2 | 140.25",
        "x6789 | SPXW  220531P04650000 | -3 | 179.9",
        "x6789 | SPXW  220531P04730000 | 3 | 204",
        "x6789 | SPXW  220531C04775000 | 2 | 214.4",
        "x6789 | SPXW  220531C04800000 | -2 | 198.95",
        "x6789 | SPY | 100 | 476.56",
        "x6789 | SPY   220118P00477000 | 10 | 5.365",
      ]);
      expect(older.report.crossChecked).toEqual({ agree: 8, withinRounding: 0, untold: 1 });
      expect(older.tables.underlyings.at(-1)?.cells).toEqual({ symbol: "SPX", price: 4784.37 });
      const newer = read("thinkorswim", "thinkorswim-schwab-position-statement.csv");
      expect(newer.failures).toEqual([]);
      expect(newer.positions).toEqual([
        "x5678 | DRAM | 200 | 61.11",
        "x5678 | GOOGL 261016C00365000 | -1 | 1.935",
        "x5678 | GOOGL 280121C00330000 | 1 | 69.55",
        "x5678 | MSFT  270617C00480000 | -3 | 73",
        "x5678 | MSFT  270617C00330000 | 1 | 187.35",
      ]);
    });

    test("tastytrade: a header alone holds nothing", () => {
      expect(() => read("tastytrade", "tastytrade-positions.csv")).toThrow("the file holds no data");
    });
  },
);
