import { beforeAll, describe, expect, test } from "vitest";
import type { RegTAccountResult, RegTReport } from "../../src/analysis/reg-t-report.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { GroupLeg } from "../../src/reg-t/group.js";
import { microsOf, usdOf } from "../../src/reg-t/money.js";
import { priceGroup } from "../../src/reg-t/price-group.js";
import { shareTerms, underlyingTerms } from "../../src/reg-t/terms.js";
import { loadRegTRules } from "../../src/rules/reg-t.js";
import { plainLeg, plainTerms } from "./legs.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

interface Position {
  readonly symbol: string;
  readonly quantity: number;
  readonly trade_price?: number;
  readonly escrow?: boolean;
}

interface Given {
  readonly underlyings?: object[];
  readonly options?: object[];
  readonly accounts?: object[];
  readonly positions: readonly Position[];
}

const xyz = { symbol: "XYZ", price: 100 };

async function reportOf({ positions, ...tables }: Given): Promise<RegTReport> {
  return engine.regT({
    asOf: "2026-06-15T16:00:00-04:00",
    rates: 0.04,
    underlyings: [xyz],
    ...tables,
    positions: positions.map((position) => ({ account: "A", ...position })),
  });
}

async function accountOf(given: Given): Promise<RegTAccountResult> {
  return (await reportOf(given)).accounts[0]!;
}

async function figuresOf(given: Given): Promise<NonNullable<RegTAccountResult["regT"]>> {
  const { regT, failures } = await accountOf(given);
  expect(failures).toEqual([]);
  return regT!;
}

const call = (strike: number, day = "260918"): string =>
  `XYZ   ${day}C${String(strike * 1000).padStart(8, "0")}`;
const put = (strike: number, day = "260918"): string =>
  `XYZ   ${day}P${String(strike * 1000).padStart(8, "0")}`;

describe("escrow receipts, FINRA 4210(f)(2)(I)(iv)", () => {
  test("need no margin, for as many contracts as one stands behind", async () => {
    const regT = await figuresOf({
      options: [{ symbol: put(95), price: 1 }],
      positions: [
        { symbol: put(95), quantity: -1, escrow: true },
        { symbol: put(95), quantity: -2 },
      ],
    });
    // 1 and 20 % of 100 less 5 a share, of two contracts.
    expect(regT).toMatchObject({
      initialUsd: 3200,
      maintenanceUsd: 3200,
      proceedsUsd: 300,
      comparableUsd: 2900,
    });
    expect(regT.groups.map(({ strategy, legs }) => [strategy, legs[0]?.quantity])).toEqual([
      ["short put", -2],
      ["short put against an escrow receipt", -1],
    ]);
  });

  test("stand behind short options alone: another row that says so is a finding", async () => {
    const { failures, accounts } = await reportOf({
      positions: [{ symbol: "XYZ", quantity: 100, escrow: true }],
    });
    expect(accounts[0]?.status).toBe("incomplete");
    expect(failures).toMatchObject([{ code: "CELL_CHOICE", column: "escrow", value: "XYZ", account: "A" }]);
  });

  test("leave shares free for other calls", async () => {
    const regT = await figuresOf({
      options: [{ symbol: call(110), price: 2 }],
      positions: [
        { symbol: call(110), quantity: -1, escrow: true },
        { symbol: call(110), quantity: -1 },
        { symbol: "XYZ", quantity: 100 },
      ],
    });
    expect(regT.maintenanceUsd).toBe(2500);
  });
});

describe("convertibles and warrants, Cboe Margin Manual p. 14", () => {
  const covered = async (unit: object, strike: number, price: number, quantity = 100) =>
    figuresOf({
      underlyings: [xyz, { symbol: "CNV", converts_to: "XYZ", conversion_ratio: 1, ...unit }],
      options: [{ symbol: call(strike), price }],
      positions: [
        { symbol: "CNV", quantity },
        { symbol: call(strike), quantity: -1 },
      ],
    });

  test("a convertible costs what shares do, counted at no more than the strike", async () => {
    expect(await covered({ price: 80 }, 90, 3)).toMatchObject({
      initialUsd: 4000,
      maintenanceUsd: 2000,
      haircutUsd: 0,
    });
    const dear = await covered({ price: 100 }, 90, 12);
    expect(dear).toMatchObject({ initialUsd: 5000, maintenanceUsd: 2250, haircutUsd: 1000 });
    expect(dear.groups.map(({ strategy }) => strategy)).toEqual(["call covered by a convertible"]);
  });

  test("counts in shares: five bonds of twenty shares cover a contract, the sixth stands alone", async () => {
    const regT = await covered({ price: 2100, conversion_ratio: 20 }, 90, 12, 6);
    // Of 100 shares 25 % of 90 and 15 a share; 20 more at 25 % of 105.
    expect(regT).toMatchObject({ maintenanceUsd: 2250 + 525, haircutUsd: 1500, initialUsd: 6300 });
    expect(regT.groups.map(({ legs }) => legs[0]?.quantity)).toEqual([5, 1]);
  });

  test("one that ends before the call covers nothing", async () => {
    const [ends, lasts] = await Promise.all(
      ["2026-09-17", "2026-09-18"].map((day) => covered({ price: 80, conversion_until: day }, 90, 3)),
    );
    // 25 % of 80; the call 3 and 20 % of 100, in the money by 10.
    expect([ends?.maintenanceUsd, lasts?.maintenanceUsd]).toEqual([2000 + 2300, 2000]);
  });

  test("a warrant counts in full, with what its own exercise costs above the strike", async () => {
    const regT = await figuresOf({
      underlyings: [
        { symbol: "XYZ", price: 46 },
        { symbol: "WAR", price: 4, converts_to: "XYZ", conversion_ratio: 1, conversion_price: 50 },
      ],
      options: [{ symbol: call(45), price: 2 }],
      positions: [
        { symbol: "WAR", quantity: 100 },
        { symbol: call(45), quantity: -1 },
      ],
    });
    expect(regT).toMatchObject({ initialUsd: 900, maintenanceUsd: 900, haircutUsd: 0 });
    expect(regT.groups.map(({ strategy }) => strategy)).toEqual(["call covered by a warrant"]);
  });

  test("a dear warrant by the formula: valued at the strike, 4,500 and 500", () => {
    const rules = loadRegTRules();
    const of = { price: microsOf(58), leverage: 1, isEligible: true };
    const terms = underlyingTerms(
      { symbol: "X", kind: "equity", isEuropean: false, ...of, ...plainTerms },
      rules,
    );
    const option: GroupLeg = {
      ...plainLeg,
      symbol: "C",
      kind: "call",
      strike: microsOf(45),
      expiry: 100,
      units: 100,
      quantity: -1,
      value: 100 * microsOf(15),
    };
    const warrant: GroupLeg = {
      ...option,
      kind: "stock",
      units: 1,
      quantity: 100,
      value: microsOf(60),
      share: shareTerms({ ...of, price: microsOf(60) }, rules),
      standIn: { kind: "warrant", perShare: 1, until: 100, exercise: microsOf(50) },
    };
    const figures = priceGroup([option, warrant], terms, rules);
    expect([usdOf(figures!.maintenance), usdOf(figures!.haircut)]).toEqual([5000, 1500]);
    expect(usdOf(figures!.initial)).toBe(6500);
    const bought = { ...option, kind: "put" as const, quantity: 1 };
    expect(priceGroup([bought, warrant], terms, rules)).toBeNull();
  });

  test("portfolio margin charges a warrant in full: no model knows it", () => {
    const { accounts } = engine.margin({
      asOf: "2026-06-15T16:00:00-04:00",
      underlyings: [
        xyz,
        { symbol: "WAR", price: 4, converts_to: "XYZ", conversion_ratio: 1, conversion_price: 50 },
      ],
      positions: [{ account: "A", symbol: "WAR", quantity: 100 }],
    });
    expect(accounts[0]?.requirementUsd).toBe(400);
  });

  test("against short shares: 10 % of the long side, and neither side is left for an option", async () => {
    const regT = await figuresOf({
      underlyings: [xyz, { symbol: "CNV", price: 2100, converts_to: "XYZ", conversion_ratio: 20 }],
      options: [{ symbol: put(95), price: 1 }],
      positions: [
        { symbol: "CNV", quantity: 5 },
        { symbol: "XYZ", quantity: -100 },
        { symbol: put(95), quantity: -1 },
      ],
    });
    expect(regT.groups.map(({ strategy, maintenanceUsd }) => [strategy, maintenanceUsd])).toEqual([
      ["short put", 1600],
      ["convertible hedge", 1050],
    ]);
    // The long side at 50 %, the short sale's proceeds, and the put.
    expect(regT.initialUsd).toBe(5250 + 10_000 + 1600);
  });
});

describe("options over the counter, FINRA 4210(f)(2)(E)(iii), (D)", () => {
  const written = async (symbol: string, price: number, more: object = {}) =>
    figuresOf({
      options: [{ symbol, price, listed: false }],
      positions: [{ symbol, quantity: -1 }],
      ...more,
    });

  test("short: 30 % and what it is in the money, or less what it is out of it; the premium is not added", async () => {
    // 30 - 10; 30 + 10; 10 % of 50 as a put's least.
    expect((await written(call(110), 3)).maintenanceUsd).toBe(2000);
    expect((await written(put(110), 12)).maintenanceUsd).toBe(4000);
    expect((await written(put(50), 0.1)).maintenanceUsd).toBe(500);
    expect(await written(call(110), 3)).toMatchObject({ proceedsUsd: 300, comparableUsd: 1700 });
  });

  test("their percentages are unverified, and the account says so; a listed option's are not", async () => {
    expect((await written(call(110), 3)).unverified).toEqual(["otcOptions.equity"]);
    const report = await reportOf({
      options: [{ symbol: call(110), price: 3, listed: false }],
      positions: [{ symbol: call(110), quantity: -1 }],
    });
    expect(report.notes).toEqual(["Unverified entries of reg-t that figures stand on: otcOptions.equity."]);
    const listed = await reportOf({
      options: [{ symbol: call(110), price: 3 }],
      positions: [{ symbol: call(110), quantity: -1 }],
    });
    expect(listed.notes).toEqual([]);
  });

  test("say so beside portfolio margin too", async () => {
    const symbol = call(110);
    const { accounts, notes } = await engine.compareRegT({
      asOf: "2026-06-15T16:00:00-04:00",
      underlyings: [xyz],
      options: [{ symbol, price: 3, listed: false }],
      accounts: [{ account: "A", cash: 6e6 }],
      positions: [{ account: "A", symbol, quantity: -1 }],
    });
    expect(accounts[0]?.comparison?.regTUsd).toBe(1700);
    expect(notes.filter((note) => note.includes("otcOptions.equity"))).toHaveLength(1);
  });

  test("on a broad index 20 %", async () => {
    const underlyings = [{ symbol: "XYZ", price: 100, kind: "index", portfolio_type: "broad_index" }];
    expect((await written(call(100), 3, { underlyings })).maintenanceUsd).toBe(2000);
  });

  test("are no spread with listed ones", async () => {
    const regT = await figuresOf({
      options: [
        { symbol: call(100), price: 5 },
        { symbol: call(105), price: 3, listed: false },
      ],
      positions: [
        { symbol: call(100), quantity: -1 },
        { symbol: call(105), quantity: 1 },
      ],
    });
    expect(regT.maintenanceUsd).toBe(2500);
    expect(regT.groups.map(({ strategy }) => strategy)).toEqual(["short call", "long call"]);
  });

  test("long over nine months: 75 % of what is in the money, all of the rest; European ones in full", async () => {
    const symbol = call(80, "271217");
    const held = (exercise: string) =>
      figuresOf({
        options: [{ symbol, price: 24, listed: false, exercise }],
        positions: [{ symbol, quantity: 1 }],
      });
    expect((await held("american")).maintenanceUsd).toBe(1900);
    expect((await held("european")).maintenanceUsd).toBe(2400);
  });
});

describe("cash accounts, Regulation T 220.8, FINRA 4210(f)(2)(M)", () => {
  const cash = { accounts: [{ account: "A", type: "cash", cash: 20_000 }] };

  test("shares and options in full, the put's exercise price; what is left is the free cash", async () => {
    const regT = await figuresOf({
      ...cash,
      options: [
        { symbol: call(90), price: 11 },
        { symbol: put(90), price: 1 },
      ],
      positions: [
        { symbol: "XYZ", quantity: 100 },
        { symbol: call(90), quantity: -1 },
        { symbol: put(90), quantity: -1 },
      ],
    });
    expect(regT).toMatchObject({
      accountType: "cash",
      initialUsd: 19_000,
      proceedsUsd: 1200,
      maintenanceUsd: 18_000,
      haircutUsd: 1000,
      equityUsd: 30_000,
      excessUsd: 11_000,
      dayTrading: [],
      minimumEquity: { applies: false },
    });
  });

  test("what the worked examples need there", async () => {
    const net = async (options: object[], positions: Position[], price: number): Promise<number> =>
      (await figuresOf({ ...cash, underlyings: [{ symbol: "XYZ", price }], options, positions }))
        .initialCallUsd;
    expect(await net([{ symbol: put(80), price: 2 }], [{ symbol: put(80), quantity: -1 }], 95)).toBe(7800);
    const far = call(80, "271217");
    expect(await net([{ symbol: far, price: 12 }], [{ symbol: far, quantity: 1 }], 78)).toBe(1200);
  });

  test("spreads of European index options, and of no others", async () => {
    const spread = (kind: object) =>
      figuresOf({
        ...cash,
        underlyings: [{ symbol: "XYZ", price: 433, ...kind }],
        options: [
          { symbol: put(425), price: 6.4 },
          { symbol: put(430), price: 7.8 },
        ],
        positions: [
          { symbol: put(425), quantity: 1 },
          { symbol: put(430), quantity: -1 },
        ],
      });
    const index = await spread({ kind: "index", portfolio_type: "broad_index" });
    expect(index).toMatchObject({ initialUsd: 1140, initialCallUsd: 360, maintenanceUsd: 500 });
    expect((await spread({})).maintenanceUsd).toBe(43_000);
  });

  test("refuses short shares and calls without their shares, unless a receipt stands for them", async () => {
    const options = [{ symbol: call(105), price: 2 }];
    const naked = await accountOf({ ...cash, options, positions: [{ symbol: call(105), quantity: -1 }] });
    expect(naked).toMatchObject({ status: "incomplete", regT: null });
    expect(naked.failures).toMatchObject([{ code: "POSITION_NOT_ELIGIBLE", value: call(105) }]);
    const short = await accountOf({ ...cash, positions: [{ symbol: "XYZ", quantity: -10 }] });
    expect(short.failures).toMatchObject([{ code: "POSITION_NOT_ELIGIBLE", value: "XYZ" }]);
    const receipt = { symbol: call(105), quantity: -1, escrow: true };
    expect(await figuresOf({ ...cash, options, positions: [receipt] })).toMatchObject({ maintenanceUsd: 0 });
  });

  test("portfolio margin takes no cash account", () => {
    const { failures } = engine.margin({
      asOf: "2026-06-15T16:00:00-04:00",
      underlyings: [xyz],
      ...cash,
      positions: [{ account: "A", symbol: "XYZ", quantity: 10 }],
    });
    expect(failures).toMatchObject([{ code: "ACCOUNT_TYPE_UNSUPPORTED", value: "cash" }]);
  });
});

describe("trade prices, for initial requirements", () => {
  test("of options: requirement and proceeds at what was paid, maintenance at the market", async () => {
    const options = [{ symbol: put(80), price: 2 }];
    const underlyings = [{ symbol: "XYZ", price: 95 }];
    const regT = await figuresOf({
      underlyings,
      options,
      positions: [{ symbol: put(80), quantity: -1, trade_price: 3 }],
    });
    expect(regT).toMatchObject({
      initialUsd: 1100,
      proceedsUsd: 300,
      maintenanceUsd: 1000,
      comparableUsd: 800,
    });
    const lots = await figuresOf({
      underlyings,
      options,
      positions: [
        { symbol: put(80), quantity: -3, trade_price: 3 },
        { symbol: put(80), quantity: -1 },
      ],
    });
    // Three at 3 and one at the market's 2.
    expect(lots.proceedsUsd).toBe(1100);
  });

  test("of shares bought and sold short: 50 % of cost, proceeds and 50 %", async () => {
    const bought = await figuresOf({ positions: [{ symbol: "XYZ", quantity: 100, trade_price: 90 }] });
    expect(bought).toMatchObject({ initialUsd: 4500, maintenanceUsd: 2500 });
    const sold = await figuresOf({
      underlyings: [{ symbol: "XYZ", price: 40 }],
      positions: [{ symbol: "XYZ", quantity: -500, trade_price: 44 }],
    });
    expect(sold).toMatchObject({ initialUsd: 33_000, maintenanceUsd: 6000 });
  });

  test("a reverse conversion: 10 % of a strike below the price sold at, else 50 %", async () => {
    const initial = async (tradePrice?: number): Promise<number> => {
      const regT = await figuresOf({
        underlyings: [{ symbol: "XYZ", price: 115 }],
        options: [
          { symbol: call(110), price: 6.5 },
          { symbol: put(110), price: 1.35 },
        ],
        positions: [
          { symbol: "XYZ", quantity: -100, ...(tradePrice === undefined ? {} : { trade_price: tradePrice }) },
          { symbol: call(110), quantity: 1 },
          { symbol: put(110), quantity: -1 },
        ],
      });
      return regT.initialUsd;
    };
    expect(await initial()).toBe(11_500 + 1100 + 650);
    expect(await initial(108)).toBe(10_800 + 5400 + 650);
  });
});

describe("equity and day trading", () => {
  const held = (cash: number, quantity: number) =>
    figuresOf({
      accounts: [{ account: "A", type: "reg_t", cash }],
      positions: [{ symbol: "XYZ", quantity }],
    });

  test("minimum equity is shown beside the requirement, where the account has committed itself", async () => {
    expect((await held(-9000, 100)).minimumEquity).toEqual({
      leastUsd: 2000,
      applies: true,
      shortfallUsd: 1000,
    });
    expect((await held(0, 10)).minimumEquity).toEqual({ leastUsd: 2000, applies: false, shortfallUsd: 0 });
    expect((await held(-9000, 100)).maintenanceUsd).toBe(2500);
    const unknown = await figuresOf({ positions: [{ symbol: "XYZ", quantity: -10 }] });
    expect(unknown).toMatchObject({
      equityUsd: null,
      excessUsd: null,
      minimumEquity: { shortfallUsd: null },
    });
  });

  test("buying power of a pattern day trader; the margin level of the new standard", async () => {
    const rich = await held(60_000, 500);
    expect(rich).toMatchObject({ equityUsd: 110_000, excessUsd: 97_500 });
    expect(rich.dayTrading).toEqual([
      {
        regime: "pattern_day_trader",
        minimumEquityUsd: 25_000,
        shortfallUsd: 0,
        buyingPowerUsd: 390_000,
        restrictedBuyingPowerUsd: 195_000,
        marginLevelUsd: null,
        smallDeficitUsd: null,
      },
      {
        regime: "intraday_margin_standard",
        minimumEquityUsd: null,
        shortfallUsd: null,
        buyingPowerUsd: null,
        restrictedBuyingPowerUsd: null,
        marginLevelUsd: 97_500,
        smallDeficitUsd: 1000,
      },
    ]);
    const [pattern, intraday] = (await held(5000, 100)).dayTrading;
    expect(pattern).toMatchObject({ shortfallUsd: 10_000, buyingPowerUsd: 0, restrictedBuyingPowerUsd: 0 });
    expect(intraday).toMatchObject({ marginLevelUsd: 12_500, smallDeficitUsd: 750 });
  });

  test("what is free is the same on either frame: net value less the comparable figure", async () => {
    const far = call(100, "271217");
    const options = [far, call(90), put(90), put(80)].map((symbol, i) => ({
      symbol,
      price: [14, 12, 1, 0.5][i],
    }));
    const { accounts } = await engine.compareRegT({
      asOf: "2026-06-15T16:00:00-04:00",
      rates: 0.04,
      underlyings: [xyz, { symbol: "ABC", price: 30 }],
      options,
      accounts: [{ account: "A", cash: 12_345.67 }],
      positions: [
        ["XYZ", 150.5],
        ["ABC", -40],
        [far, 2],
        [call(90), -2],
        [put(90), -1],
        [put(80), 3],
      ].map(([symbol, quantity]) => ({ account: "A", symbol, quantity })),
    });
    const { equityUsd, regT } = accounts[0]!;
    expect(regT!.excessUsd).toBeCloseTo(equityUsd! - regT!.comparableUsd, 2);
  });

  test("equity counts long options over nine months and no others, and no short option", async () => {
    const far = call(100, "271217");
    const regT = await figuresOf({
      accounts: [{ account: "A", cash: 5000 }],
      options: [
        { symbol: far, price: 12 },
        { symbol: put(90), price: 1 },
        { symbol: put(80), price: 0.5 },
      ],
      positions: [
        { symbol: far, quantity: 1 },
        { symbol: put(90), quantity: -1 },
        { symbol: put(80), quantity: 1 },
      ],
    });
    expect(regT).toMatchObject({ equityUsd: 6200, maintenanceUsd: 1900, excessUsd: 4300 });
  });
});

describe("kinds of underlying", () => {
  test("a volatility index at 20 %; a note's long options have no loan value", async () => {
    const underlyings = [
      { symbol: "VIX", price: 20, kind: "index", portfolio_type: "broad_index" },
      { symbol: "VXX", price: 50, kind: "etf" },
    ];
    const vix = "VIX   260819P00018000";
    const vxx = "VXX   271217C00050000";
    const options = [
      { symbol: vix, price: 1 },
      { symbol: vxx, price: 9 },
    ];
    // 20 % of 20 less 2 is 2, more than 1.80.
    const index = await figuresOf({ underlyings, options, positions: [{ symbol: vix, quantity: -1 }] });
    expect(index.maintenanceUsd).toBe(300);
    const note = await figuresOf({ underlyings, options, positions: [{ symbol: vxx, quantity: 1 }] });
    expect(note).toMatchObject({ initialUsd: 900, maintenanceUsd: 0, unverified: ["kinds.1"] });
  });
});

describe("European long boxes", () => {
  test("over nine months are valued once: the box, not its long options besides", async () => {
    const comparable = async (day: string): Promise<number> => {
      const [low, high] = [
        [call(90, day), put(90, day)],
        [call(110, day), put(110, day)],
      ] as [string[], string[]];
      const regT = await figuresOf({
        underlyings: [{ symbol: "XYZ", price: 100, kind: "index", portfolio_type: "broad_index" }],
        options: [
          { symbol: low[0], price: 13 },
          { symbol: low[1], price: 1.5 },
          { symbol: high[0], price: 2 },
          { symbol: high[1], price: 10 },
        ],
        positions: [
          { symbol: low[0]!, quantity: 1 },
          { symbol: low[1]!, quantity: -1 },
          { symbol: high[0]!, quantity: -1 },
          { symbol: high[1]!, quantity: 1 },
        ],
      });
      expect(regT.initialUsd).toBe(1000);
      return regT.comparableUsd;
    };
    // Half of 2,000, on equity that counts every option at the market.
    expect([await comparable("260918"), await comparable("280616")]).toEqual([1000, 1000]);
  });
});
