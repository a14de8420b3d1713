// Worked examples of strategy-based margin, retyped with the rule paragraph that gives each figure. Pages are those of the
// Cboe Margin Manual (30 November 2021) as public test suites quote them; `by hand` marks what was computed from the rule
// text, in the comment beside it.
import type { Example, ExampleLeg } from "./example-books.js";

type Expected = Readonly<Record<string, number>>;
type Terms = Pick<Example, "underlyingKind"> & Partial<Pick<Example, "leverage" | "exerciseStyle">>;

const equity: Terms = { underlyingKind: "equity" };
const broadFund: Terms = { underlyingKind: "etf_broad" };
const broadIndex: Terms = { underlyingKind: "index_broad", exerciseStyle: "european" };
const narrowIndex: Terms = { underlyingKind: "index_narrow", exerciseStyle: "european" };
const leveraged = (leverage: number, terms = equity): Terms => ({ ...terms, leverage });

/** Quantity, kind and strike, premium, days as `MM-DD` of 2026 or a whole date; `-1 C120 @8.40`. */
function leg(text: string, underlyingPrice: number): ExampleLeg {
  const found = /^([+-]\d+) (?:([CP])([\d.]+)|S) @([\d.]+)(?: x(\d+))?(?: ([\d-]+))?$/.exec(text);
  if (found === null) throw new Error(`no leg: ${text}`);
  const [, qty, type, strike, price, multiplier = "100", day = "09-18"] = found;
  const money = { qty: Number(qty), price: Number(price), underlyingPrice };
  if (type === undefined) return { kind: "stock", strike: null, expiry: null, multiplier: 1, ...money };
  const expiry = day.length > 5 ? day : `2026-${day}`;
  const kind = type === "C" ? "call" : "put";
  return { kind, strike: Number(strike), expiry, multiplier: Number(multiplier), ...money };
}

export interface WrittenExample extends Example {
  readonly source: string;
}

function example(
  id: string,
  source: string,
  [spot, ...legs]: readonly [number, ...string[]],
  expected: Expected,
  terms: Terms = equity,
): WrittenExample {
  const defaults = { leverage: 1, exerciseStyle: "american", asOf: "2026-06-15" };
  return { id, source, ...defaults, ...terms, legs: legs.map((text) => leg(text, spot)), expected };
}

const longOptions: WrittenExample[] = [
  example("long call", "(f)(2)(D)", [128.5, "+1 C125 @5"], { initial: 500, proceeds: 0, maintenance: 0 }),
  example(
    "long index put",
    "(f)(2)(D)",
    [433.35, "+1 P430 @5.5"],
    { initial: 550, maintenance: 0 },
    broadIndex,
  ),
  // 75 % of 1,200; of 1,680.
  example("18 months", "(f)(2)(D)", [78, "+1 C80 @12 2027-12-17"], { initial: 900, maintenance: 900 }),
  example("20 months", "(f)(2)(D)", [1290, "+1 C1325 @16.8 2028-02-18"], {
    initial: 1260,
    maintenance: 1260,
  }),
  // Nine months to the day are not more than nine months: 15 March 2027.
  example("nine months, by hand", "(f)(2)(D)", [100, "+1 P100 @8 2027-03-15"], {
    initial: 800,
    maintenance: 0,
  }),
  example("nine months and a day, by hand", "(f)(2)(D)", [100, "+1 P100 @8 2027-03-16"], {
    initial: 600,
    maintenance: 600,
  }),
  example("long straddle, by hand", "(f)(2)(D)", [100, "+2 C100 @4", "+2 P100 @3.5"], {
    initial: 1500,
    maintenance: 0,
  }),
];

const shortOptions: WrittenExample[] = [
  example("put, least amount", "(f)(2)(E)(i), p. 28", [95, "-1 P80 @2"], {
    initial: 1000,
    proceeds: 200,
    maintenance: 1000,
  }),
  example("put in the money", "(f)(2)(E)(i), p. 28", [19.5, "-1 P20 @1.5"], { initial: 540, proceeds: 150 }),
  example("call in the money", "(f)(2)(E)(i), p. 32", [128.5, "-1 C120 @8.4"], {
    initial: 3410,
    proceeds: 840,
  }),
  example("call, least amount", "(f)(2)(E)(i), p. 32", [26.38, "-1 C30 @0.05"], {
    initial: 268.8,
    proceeds: 5,
  }),
  example("fund of twice, put", "(f)(2)(E), p. 29", [970, "-1 P725 @3"], { initial: 14_800 }, leveraged(2)),
  example(
    "fund of three times, put",
    "(f)(2)(E), p. 29",
    [390.7, "-1 P400 @15.5"],
    { initial: 24_992 },
    leveraged(3),
  ),
  example("inverse fund, by hand", "(f)(2)(E)", [390.7, "-1 P400 @15.5"], { initial: 24_992 }, leveraged(-3)),
  example(
    "fund of one and a half, call",
    "(f)(2)(E)",
    [1050.3, "-1 C1250 @2"],
    { initial: 15_954.5 },
    leveraged(1.5),
  ),
  example(
    "narrow fund of twice, call",
    "(f)(2)(E)",
    [815.5, "-1 C810 @10.1"],
    { initial: 33_630 },
    {
      underlyingKind: "etf_narrow",
      leverage: 2,
    },
  ),
  example("broad fund, put", "(f)(2)(E)(i), p. 30", [445.35, "-1 P410 @0.1"], { initial: 4110 }, broadFund),
  example("broad fund, call", "(f)(2)(E)(i)", [378.5, "-1 C370 @12.85"], { initial: 6962.5 }, broadFund),
  // 22.5 % of 460 less 70 is 33.50; 15 % of 390 is 58.50.
  example(
    "broad fund of one and a half, put",
    "(f)(2)(E)",
    [460, "-1 P390 @4"],
    { initial: 6250 },
    leveraged(1.5, broadFund),
  ),
  // 22.5 % of 410 less 40 is 52.25; 15 % of 410 is 61.50.
  example(
    "broad fund of one and a half, call",
    "(f)(2)(E)",
    [410, "-1 C450 @3"],
    { initial: 6450 },
    leveraged(1.5, broadFund),
  ),
  example(
    "broad index, call",
    "(f)(2)(E)(i), p. 34",
    [433.35, "-1 C430 @8.7"],
    { initial: 7370.25 },
    broadIndex,
  ),
  example("broad index, put", "(f)(2)(E)(i)", [433.35, "-1 P430 @7.8"], { initial: 6945.25 }, broadIndex),
  // A short option of two years has no relief.
  example(
    "broad index, 24 months",
    "(f)(2)(E)(i)",
    [43.34, "-1 P45 @2.85 2028-06-16"],
    { initial: 935.1 },
    broadIndex,
  ),
  example(
    "narrow index, calls",
    "(f)(2)(E)(i)",
    [201.55, "-5 C205 @5.25"],
    { initial: 21_055, proceeds: 2625 },
    narrowIndex,
  ),
  // 0.30 + 20 % of 5 is 1.30 a share; a put never needs more than its strike.
  example("put at most its strike, by hand", "F-INT (E)(i)/01", [0.6, "-3 P1 @0.95"], { initial: 300 }),
  example("mini contracts, by hand", "(f)(2)(E)(i)", [100, "-7 C105 @2 x10"], { initial: 7 * 10 * 17 }),
];

const straddles: WrittenExample[] = [
  example("straddle", "(f)(2)(G)(i), p. 45", [92.63, "-1 C90 @7", "-1 P90 @3.7"], {
    initial: 2922.6,
    proceeds: 1070,
  }),
  // The put: 7.20 + 15 % of 433.35; and the call's 5.50.
  example(
    "index straddle",
    "(f)(2)(G)(i)",
    [433.35, "-1 C435 @5.5", "-1 P435 @7.2"],
    { initial: 7770.25 },
    broadIndex,
  ),
  example("strangle", "(f)(2)(G)(i)", [45, "-1 C47 @2.1", "-1 P43 @1.2"], {
    initial: 1030,
    maintenance: 1030,
  }),
  // Call 12 + 2, put 8.80 + 14: the put's total is the greater, though its addition is the smaller.
  example("totals, not additions, by hand", "(f)(2)(G)(i)", [100, "-1 C108 @2", "-1 P88 @14"], {
    initial: 2480,
  }),
  // Both strikes in the money: call 11 + 20 and the put's 12.50 against put 12.50 + 20 and the call's 11.
  example("both in the money, by hand", "(f)(2)(G)(i)", [100, "-2 C90 @11", "-2 P112 @12.5"], {
    initial: 8700,
  }),
  // Three pairs at 17 + 1.10 (put: 10 % of 90 is 9, 20 - 10 is 10; 11.10), two calls alone at 17.
  example("more calls than puts, by hand", "(f)(2)(G)(i)", [100, "-5 C105 @2", "-3 P90 @1.1"], {
    initial: 3 * 1810 + 2 * 1700,
  }),
  // Expiries may differ: the text asks for the same underlying only.
  example("two expiries, by hand", "(f)(2)(G)(i)", [100, "-1 C105 @2 07-17", "-1 P95 @4 08-21"], {
    initial: 2100,
  }),
];

const spreads: WrittenExample[] = [
  example("debit put spread", "(f)(2)(H)(i), p. 39", [255, "+1 P250 @3", "-1 P240 @.95"], {
    initial: 300,
    proceeds: 95,
    maintenance: 0,
  }),
  example("credit call spread", "(f)(2)(H)(i), p. 42", [128.5, "+1 C125 @3.8", "-1 C120 @8.4"], {
    initial: 880,
    proceeds: 840,
    maintenance: 500,
  }),
  example(
    "credit put spread, index",
    "(f)(2)(H)(i)",
    [433.35, "+1 P425 @6.4", "-1 P430 @7.8"],
    { initial: 1140, proceeds: 780, maintenance: 500 },
    broadIndex,
  ),
  // 80 wide: the short alone needs 3 + 20.
  example("wide spread, by hand", "(f)(2)(H)(i)a", [100, "-1 C100 @3", "+1 C180 @0.05"], {
    initial: 2305,
    maintenance: 2300,
  }),
  example("put butterfly", "(f)(2)(H)(i), p. 52", [550, "+1 P540 @5.6", "-2 P550 @7.2", "+1 P555 @9.8"], {
    initial: 2040,
    proceeds: 1440,
    maintenance: 500,
  }),
  // Above 565 the wings lose 10 a share: 5 and 15 wide.
  example("call butterfly", "(f)(2)(H)(i)", [550, "+1 C545 @12.4", "-2 C550 @8.8", "+1 C565 @2"], {
    initial: 2440,
    proceeds: 1760,
    maintenance: 1000,
  }),
  example("short put butterflies", "(f)(2)(H)(i)", [80, "-3 P75 @1.5", "+6 P80 @4", "-3 P85 @6"], {
    maintenance: 1500,
  }),
  example(
    "long put condor",
    "(f)(2)(H)(i)",
    [1160, "+1 P1050 @47.1", "-1 P1075 @55.7", "-1 P1100 @66.3", "+1 P1125 @85.4"],
    { initial: 13_250, proceeds: 12_200, maintenance: 0 },
  ),
  example(
    "long call condor",
    "(f)(2)(H)(i)",
    [26.75, "+1 C22.5 @0.45", "-1 C25 @0.75", "-1 C30 @2.75", "+1 C32.5 @4.3"],
    { initial: 475, proceeds: 350, maintenance: 0 },
  ),
  example(
    "iron butterfly",
    "(f)(2)(H)(i), p. 56",
    [26.75, "+1 P16 @0.1", "-1 P20 @0.2", "-1 C20 @7", "+1 C24 @4"],
    { initial: 810, proceeds: 720, maintenance: 400 },
  ),
  example(
    "iron condor",
    "(f)(2)(H)(i)",
    [1060, "+1 P1000 @32", "-1 P1025 @35.1", "-1 C1150 @9.4", "+1 C1175 @6.3"],
    { initial: 6330, proceeds: 4450, maintenance: 2500 },
  ),
  example(
    "iron condor, fund",
    "(f)(2)(H)(i)",
    [587.88, "+1 P567 @4.78", "-1 P572 @5.61", "-1 C602 @5.23", "+1 C607 @3.68"],
    { initial: 1346, proceeds: 1084, maintenance: 500 },
    broadFund,
  ),
  // Wings of 5 and 10: the wider one only.
  example(
    "uneven iron condor, by hand",
    "(f)(2)(H)(i)",
    [100, "+2 P85 @1", "-2 P90 @2", "-2 C110 @2", "+2 C120 @.5"],
    { initial: 2300, maintenance: 2000 },
  ),
  example(
    "reverse iron condor",
    "(f)(2)(H)(i)",
    [410, "-1 P300 @0.02", "+1 P310 @0.03", "+1 C320 @92", "-1 C330 @82"],
    { initial: 9203, maintenance: 0 },
    broadFund,
  ),
  example(
    "short box",
    "(f)(2)(H)(i)",
    [410, "-1 C300 @112", "+1 C320 @92", "+1 P300 @0.02", "-1 P320 @0.05"],
    { initial: 11_202, proceeds: 11_205, maintenance: 2000 },
    broadFund,
  ),
  // An American long box is paid in full: 8 + 4 bought, no loss at 95 or 105.
  example(
    "long box, American, by hand",
    "(f)(2)(H)(i)",
    [100, "+1 C95 @8", "-1 P95 @1", "+1 P105 @4", "-1 C105 @2"],
    { initial: 1200, proceeds: 300, maintenance: 0 },
  ),
  // Half of 20,000, valued at 19,600.
  example(
    "long box, European",
    "(f)(2)(H)(v)e",
    [4000, "+1 C3900 @180", "-1 P3900 @70", "+1 P4100 @170", "-1 C4100 @84"],
    { initial: 10_000, maintenance: 10_000, equityHaircut: -19_600 },
    broadIndex,
  ),
  example("long calendar", "(f)(2)(H)(i)", [75, "+1 C70 @6 08-21", "-1 C70 @5 07-17"], {
    initial: 600,
    proceeds: 500,
    maintenance: 0,
  }),
  // The long one expires first: no spread.
  example("short calendar", "(A)(xxxii) (e)", [75, "+1 C70 @5 07-17", "-1 C70 @8 08-21"], {
    initial: 2800,
    proceeds: 800,
    maintenance: 2300,
  }),
  example(
    "short diagonal, index",
    "(A)(xxxii) (e)",
    [433.35, "+1 C425 @13.1 07-17", "-1 C430 @12.2 08-21"],
    { initial: 9030.25, maintenance: 7720.25 },
    broadIndex,
  ),
  // Strike 5 worse, expiry later.
  example("diagonal, by hand", "(f)(2)(H)(i)", [100, "+3 C105 @4 08-21", "-3 C100 @3 07-17"], {
    initial: 2700,
    maintenance: 1500,
  }),
  // One of the two shorts is covered by the long; the other needs 1.50 + 10 (20 - 10 = 10 too).
  example("ratio spread, by hand", "(f)(2)(H)(i), (E)(i)", [100, "+1 C105 @3", "-2 C110 @1.5"], {
    initial: 300 + 1150,
    maintenance: 1150,
  }),
  // Ten minis of ten shares make one contract's spread: 5 wide.
  example("minis against a contract, by hand", "F-INT (xxxii)/01", [100, "-1 C100 @3", "+10 C105 @1 x10"], {
    initial: 600,
    maintenance: 500,
  }),
];

const withStock: WrittenExample[] = [
  example("long stock", "(c)(1)", [150, "+1000 S @150"], { initial: 75_000, maintenance: 37_500 }),
  example("short stock", "(c)(3)", [40, "-500 S @40"], { initialAboveProceeds: 10_000, maintenance: 6000 }),
  // 5 dollars a share up to 16.66, 30 % from 16.67.
  example("short at 16.66, by hand", "(c)(3)", [16.66, "-100 S @16.66"], { maintenance: 500 }),
  example("short at 16.67, by hand", "(c)(3)", [16.67, "-100 S @16.67"], { maintenance: 500.1 }),
  example("short at 5.00", "(c)(3)", [5, "-10000 S @5"], {
    initialAboveProceeds: 50_000,
    maintenance: 50_000,
  }),
  example("short at 4.99, by hand", "(c)(2)", [4.99, "-100 S @4.99"], {
    initialAboveProceeds: 499,
    maintenance: 499,
  }),
  example("short at 2.00", "(c)(2)", [2, "-10000 S @2"], {
    initialAboveProceeds: 25_000,
    maintenance: 25_000,
  }),
  example(
    "short fund of three times",
    "RN 09-53",
    [50, "-100 S @50"],
    { initial: 9500, maintenance: 4500 },
    leveraged(3, broadFund),
  ),
  example(
    "long fund of three times",
    "RN 09-53",
    [60, "+200 S @60"],
    { initial: 9000, maintenance: 9000 },
    leveraged(3, broadFund),
  ),
  example(
    "long fund of twice inverse, by hand",
    "RN 09-53",
    [60, "+200 S @60"],
    { initial: 6000, maintenance: 6000 },
    leveraged(-2, broadFund),
  ),
  // 4 x 30 % is 120 %: at most the whole value.
  example(
    "short fund of four times, by hand",
    "RN 09-53",
    [50, "-100 S @50"],
    { maintenance: 5000 },
    leveraged(4, broadFund),
  ),
  example("covered call", "(F)(ii), pp. 12, 47", [92.38, "+100 S @92.38", "-1 C90 @7"], {
    initial: 4619,
    proceeds: 700,
    maintenance: 2250,
    equityHaircut: 238,
  }),
  // 300 shares, two covered at 40 in the money: 25 % of 60 and 40; one hundred alone.
  example("deep covered calls, by hand", "RT4(b)(4)(ii)", [100, "+300 S @100", "-2 C60 @41"], {
    initial: 15_000,
    maintenance: 3000 + 2500,
    equityHaircut: 8000,
  }),
  example("covered put", "(F)(ii), p. 47", [255, "-100 S @255", "-1 P250 @3"], {
    initial: 38_250,
    maintenance: 7650,
    maintenanceWithShortValue: 33_150,
  }),
  // 45 in the money beside 30 %.
  example("deep covered put, by hand", "RT4(b)(4)(i)", [255, "-100 S @255", "-1 P300 @46"], {
    initial: 38_250 + 4500,
    maintenance: 7650 + 4500,
  }),
  example("protective put", "(H)(v)a, p. 58", [103.5, "+100 S @103.5", "+1 P95 @1"], {
    initial: 5275,
    maintenance: 1800,
  }),
  // 10 % of 120 in the money; 25 % of 100 is more.
  example("protective put in the money, by hand", "(H)(v)a", [100, "+200 S @100", "+2 P120 @21"], {
    initial: 14_200,
    maintenance: 2400,
  }),
  example(
    "protective call",
    "(H)(v)a",
    [410, "-100 S @410", "+1 C300 @112"],
    { initial: 72_700, maintenance: 3000, maintenanceWithShortValue: 44_000 },
    broadFund,
  ),
  // 10 % of 45 and 5 out of the money are 9.50 a share, less than 12.
  example("protective call out of the money, by hand", "(H)(v)a", [40, "-300 S @40", "+3 C45 @1"], {
    maintenance: 2850,
  }),
  // Below 5 dollars the stock alone needs 3 a share; 10 % of 3.50 and 0.50 are 0.85.
  example("protective call, low price, by hand", "(H)(v)a, (c)(2)", [3, "-1000 S @3", "+10 C3.5 @0.2"], {
    maintenance: 850,
  }),
  example("conversion", "(H)(v)b, p. 59", [115, "+100 S @115", "+1 P110 @1.35", "-1 C110 @6.5"], {
    initial: 5885,
    proceeds: 650,
    maintenance: 1100,
    equityHaircut: 500,
  }),
  // The manual adds 100 % of the short stock's 12,100 at the strike; the rule speaks of the margin alone.
  example("reverse conversion", "(H)(v)c, p. 60", [115, "-100 S @115", "+1 C110 @6.5", "-1 P110 @1.35"], {
    maintenance: 1100,
  }),
  example(
    "reverse conversion in the money",
    "(H)(v)c, p. 61",
    [71.9, "-100 S @71.9", "+1 C75 @0.5", "-1 P75 @4"],
    { maintenance: 1060, maintenanceWithShortValue: 8250 },
  ),
  example("collar", "(H)(v)d, p. 61", [31.75, "+100 S @31.75", "+1 P30 @0.4", "-1 C35 @0.2"], {
    initial: 1627.5,
    proceeds: 20,
    maintenance: 475,
    equityHaircut: 0,
  }),
  // Call in the money: 10 % of 85 and 15, valued at 90.
  example("collar in the money, by hand", "(H)(v)d", [100, "+100 S @100", "+1 P85 @1", "-1 C90 @11"], {
    initial: 5100,
    maintenance: 2250,
    equityHaircut: 1000,
  }),
];

export const writtenExamples: readonly WrittenExample[] = [
  ...longOptions,
  ...shortOptions,
  ...straddles,
  ...spreads,
  ...withStock,
];
