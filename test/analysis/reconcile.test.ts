import { beforeAll, describe, expect, test } from "vitest";
import { reconcileBook } from "../../src/analysis/reconcile/reconcile-book.js";
import type { ReconcileResult } from "../../src/analysis/reconcile/result.js";
import { MarginError } from "../../src/basics/failure.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import type { AccountResult } from "../../src/requirement/result.js";
import { scratch } from "../cli/run.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});
const { put } = scratch();

const call = "XYZ   261218C00110000";
const put90 = "XYZ   261218P00090000";
const far = "FAR   261218C00500000";
type Position = { account: string; symbol: string; quantity: number };
const positions: Position[] = [
  { account: "A", symbol: "XYZ", quantity: 300 },
  { account: "A", symbol: call, quantity: -5 },
  { account: "A", symbol: put90, quantity: 4 },
  { account: "A", symbol: far, quantity: -2 },
  { account: "A", symbol: "SPY", quantity: 100 },
  { account: "A", symbol: "QQQ", quantity: -110 },
];
const snapshot = {
  asOf: "2026-11-20T16:00:00-05:00",
  rates: 0.04,
  underlyings: [
    { symbol: "XYZ", price: 100, kind: "stock", class_group: "XYZ" },
    { symbol: "ABC", price: 50, kind: "stock" },
    { symbol: "FAR", price: 20, kind: "stock" },
    { symbol: "SPY", price: 600, kind: "etf" },
    { symbol: "QQQ", price: 500, kind: "etf" },
  ],
  options: [
    { symbol: call, price: 2.5, multiplier: 100 },
    { symbol: put90, price: 1.75, multiplier: 100 },
    { symbol: far, volatility: 0.3, multiplier: 100 },
  ],
  accounts: [{ account: "A", cash: 100_000 }],
  positions,
};
type Snapshot = typeof snapshot;

type Row = Record<string, string | number>;
const columns =
  "account,level,id,quantity,multiplier,price,class_group,product_group,portfolio_group,minimum,offset,margin,extreme".split(
    ",",
  );

/** Every figure of an account as a file of somebody who agrees with all of it. */
function rowsOf(account: AccountResult): Row[] {
  const rows: Row[] = [{ level: "account", id: "A", margin: account.requirementUsd ?? Number.NaN }];
  for (const portfolio of account.portfolioGroups) {
    const { id, offset, minimumUsd: minimum, requirementUsd: margin } = portfolio;
    rows.push({ account: "A", level: "portfolio_group", id, offset, minimum, margin });
    for (const product of portfolio.productGroups) {
      const { id: productId, offset: productOffset } = product;
      const at = { account: "A", portfolio_group: id };
      rows.push({ ...at, level: "product_group", id: productId, offset: productOffset });
      for (const group of product.classGroups) {
        const margin = Math.max(0, group.minimumUsd, -Math.min(...group.profitUsd));
        rows.push({ account: "A", level: "class_group", id: group.id, product_group: productId, margin });
        for (const { symbol, quantity, multiplier, priceUsd, minimumUsd, profitUsd } of group.positions)
          rows.push({
            account: "A",
            level: "symbol",
            id: symbol,
            quantity,
            multiplier,
            price: priceUsd,
            class_group: group.id,
            minimum: minimumUsd,
            margin: Math.max(0, minimumUsd, -Math.min(...profitUsd)),
          });
      }
    }
  }
  return rows;
}

function csv(rows: readonly Row[]): string {
  return [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ""))].join("\n");
}

function ours(input: object = snapshot): AccountResult {
  const account = engine.margin(input).accounts[0];
  if (account?.status !== "complete") throw new Error("the book of this test is incomplete");
  return account;
}

function requirementOf(input: object): number {
  return ours(input).requirementUsd ?? Number.NaN;
}

let files = 0;
function against(rows: readonly Row[], toleranceUsd = 0.01): ReconcileResult {
  return reconcileBook(engine, snapshot, { against: put(`theirs-${files++}.csv`, csv(rows)), toleranceUsd });
}

/** The agreeing file with other cells in one row, and another figure for the account. */
function planted(id: string, cells: Row, margin: number): Row[] {
  return rowsOf(ours())
    .filter((row) => row["level"] !== "class_group" || row["id"] === id)
    .map((row) =>
      row["level"] === "account" ? { ...row, margin } : row["id"] === id ? { ...row, ...cells } : row,
    );
}

function changed(changes: Partial<Record<keyof Snapshot, unknown>>): object {
  return { ...snapshot, ...changes };
}

/** The cause, where one step is the whole difference and nothing is left; otherwise every cause with its size. */
function soleCause(result: ReconcileResult): string {
  const account = result.accounts[0];
  const [step, ...others] = account?.steps ?? [];
  const isWhole =
    others.length === 0 &&
    account?.status === "differs" &&
    account.unexplainedUsd === 0 &&
    Math.abs(account.differenceUsd ?? 0) > 0.01 &&
    Math.abs((step?.amountUsd ?? Number.NaN) - (account.differenceUsd ?? Number.NaN)) < 0.01;
  return isWhole && !result.agrees ? (step?.cause ?? "") : JSON.stringify(account?.steps);
}

describe("a file that agrees", () => {
  test("has no steps, and no row of it differs at any level", () => {
    const result = against(rowsOf(ours()));
    expect(result.agrees).toBe(true);
    expect(result.accounts[0]).toMatchObject({
      status: "agrees",
      differenceUsd: 0,
      steps: [],
      basis: "account",
    });
    const rows = result.accounts[0]?.rows ?? [];
    expect(rows.length).toBeGreaterThan(12);
    expect(rows.map(({ differenceUsd }) => differenceUsd)).toEqual(rows.map(() => 0));
  });
});

describe("each cause, planted alone, is found and sized whole", () => {
  test("a symbol that they do not hold", () => {
    const rest = positions.filter(({ symbol }) => symbol !== put90);
    expect(soleCause(against(rowsOf(ours(changed({ positions: rest })))))).toBe("missing_symbol");
  });

  test("a symbol that we do not hold", () => {
    const theirs = requirementOf(
      changed({ positions: [...positions, { account: "A", symbol: "ABC", quantity: 70 }] }),
    );
    const row = { account: "A", level: "symbol", id: "ABC", quantity: 70 };
    const result = against([...planted("-", {}, theirs), row]);
    expect(soleCause(result)).toBe("missing_symbol");
    // 70 shares at 50, down 15 %.
    expect(result.accounts[0]?.differenceUsd).toBe(525);
  });

  test("a symbol that we cannot value is named, and its share stays unexplained", () => {
    const row = { account: "A", level: "symbol", id: "NOWHERE", quantity: 10 };
    const result = against([...planted("-", {}, requirementOf(snapshot) + 77), row]);
    const [step, rest] = result.accounts[0]?.steps ?? [];
    expect(step).toMatchObject({ cause: "missing_symbol", id: "NOWHERE", amountUsd: null });
    expect(step?.note).toMatch(/not computable/);
    expect(rest?.cause).toBe("unexplained");
    expect(rest?.amountUsd).toBeCloseTo(77, 6);
  });

  test("a quantity", () => {
    const other = positions.map((p) => (p.symbol === call ? { ...p, quantity: -9 } : p));
    expect(soleCause(against(rowsOf(ours(changed({ positions: other })))))).toBe("quantity");
  });

  test("a multiplier", () => {
    const options = snapshot.options.map((o) => (o.symbol === put90 ? { ...o, multiplier: 10 } : o));
    expect(soleCause(against(rowsOf(ours(changed({ options })))))).toBe("multiplier");
  });

  test("the price of an option", () => {
    const options = snapshot.options.map((o) => (o.symbol === put90 ? { ...o, price: 4 } : o));
    expect(soleCause(against(planted(put90, { price: 4 }, requirementOf(changed({ options })))))).toBe(
      "price",
    );
  });

  test("the price of a share", () => {
    const underlyings = snapshot.underlyings.map((u) => (u.symbol === "QQQ" ? { ...u, price: 510 } : u));
    expect(soleCause(against(planted("QQQ", { price: 510 }, requirementOf(changed({ underlyings })))))).toBe(
      "price",
    );
  });

  test("the class group of a symbol", () => {
    // XYZ stock alone in a class group of its own no longer hedges its options.
    const account = ours();
    const xyz = account.portfolioGroups
      .flatMap((group) => group.productGroups.flatMap((part) => [...part.classGroups]))
      .find(({ id }) => id === "XYZ");
    const stock = xyz?.positions.find(({ symbol }) => symbol === "XYZ");
    const others = xyz?.positions.filter(({ symbol }) => symbol !== "XYZ") ?? [];
    const sums = (stock?.profitUsd ?? []).map((_, k) =>
      others.reduce((sum, { profitUsd }) => sum + (profitUsd[k] ?? Number.NaN), 0),
    );
    const minimum = others.reduce((sum, { minimumUsd }) => sum + minimumUsd, 0);
    const before = Math.max(-Math.min(...(xyz?.profitUsd ?? [])), xyz?.minimumUsd ?? 0);
    const after = Math.max(-Math.min(...sums), minimum) + 300 * 100 * 0.15;
    const theirs = (account.requirementUsd ?? Number.NaN) - before + after;
    const result = against(
      planted("-", {}, theirs)
        .map((row) =>
          row["id"] === "XYZ" && row["level"] === "symbol" ? { ...row, class_group: "XYZ SHARES" } : row,
        )
        .filter((row) => row["level"] !== "portfolio_group" || row["id"] !== "XYZ"),
    );
    const steps = result.accounts[0]?.steps ?? [];
    expect(steps[0]).toMatchObject({ cause: "group_mapping", id: "XYZ", ours: "XYZ", theirs: "XYZ SHARES" });
    expect(steps[0]?.amountUsd).toBeCloseTo(after - before, 6);
    expect(steps.slice(1).every(({ amountUsd }) => Math.abs(amountUsd ?? Number.NaN) < 0.01)).toBe(true);
  });

  test("a minimum", () => {
    // Two calls that can lose nothing stand at their minimum: 2 x 37.50; theirs is 2 x 75.
    const theirs = requirementOf(snapshot) + 75;
    const rows = planted(far, { minimum: 150 }, theirs).filter(
      ({ level, id }) => level !== "portfolio_group" || id !== "FAR",
    );
    const result = against(rows);
    expect(soleCause(result)).toBe("minimum");
    expect(result.accounts[0]?.steps[0]).toMatchObject({ id: far, ours: 75, theirs: 150 });
  });

  test("an offset", () => {
    const account = ours();
    const portfolio = account.portfolioGroups.find((group) => group.productGroups.length > 1);
    const parts = portfolio?.productGroups.map(({ profitUsd }) => profitUsd) ?? [];
    expect(parts).toHaveLength(2);
    const [first = [], second = []] = parts;
    const losses = first.map((a, k) => {
      const both = [a, second[k] ?? Number.NaN];
      const lost = both.reduce((sum, value) => sum + Math.max(0, -value), 0);
      const gained = both.reduce((sum, value) => sum + Math.max(0, value), 0);
      return lost - 0.25 * gained;
    });
    const without = (account.requirementUsd ?? Number.NaN) - (portfolio?.requirementUsd ?? Number.NaN);
    const theirs = without + Math.max(0, ...losses);
    const result = against(planted(portfolio?.id ?? "", { offset: 0.25 }, theirs));
    expect(soleCause(result)).toBe("offset");
    expect(result.accounts[0]?.steps[0]?.id).toBe(portfolio?.id);
  });

  test("a house's extreme move", () => {
    const account = ours();
    const index = account.portfolioGroups.find(({ productGroups }) => productGroups.length > 1);
    const theirs = (account.requirementUsd ?? 0) - (index?.requirementUsd ?? 0) + 30_000;
    expect(soleCause(against(planted(index?.id ?? "", { extreme: 30_000 }, theirs)))).toBe("house_extreme");
  });

  test("rounding, said only where a rounding gives their figure", () => {
    const own = requirementOf(snapshot);
    expect(Number.isInteger(own)).toBe(false);
    const result = against(planted("-", {}, Math.ceil(own)));
    expect(soleCause(result)).toBe("rounding");
    expect(result.accounts[0]?.steps[0]?.note).toMatch(/dollar/);
  });

  test("what nothing explains", () => {
    const result = against(planted("-", {}, requirementOf(snapshot) + 123.45));
    const account = result.accounts[0];
    expect(account?.steps.map(({ cause }) => cause)).toEqual(["unexplained"]);
    expect(account?.unexplainedUsd).toBeCloseTo(123.45, 2);
  });
});

test("several causes at once: every one found, the steps add up to the difference", () => {
  const account = ours();
  const group = account.portfolioGroups.find(({ productGroups }) => productGroups.length > 1)?.id ?? "";
  const cells: Record<string, Row> = {
    [call]: { quantity: -9, minimum: "" },
    [put90]: { multiplier: 10, minimum: "" },
    QQQ: { price: 510 },
    [far]: { minimum: 150 },
    [group]: { offset: 0.25, extreme: 30_000 },
  };
  const rows = planted("-", {}, 40_000.77)
    .filter(({ level, id }) => level !== "portfolio_group" || id === group)
    .map((row) => (row["level"] === "account" ? row : { ...row, ...cells[String(row["id"])] }));
  const found = against([...rows, { account: "A", level: "symbol", id: "ABC", quantity: 70 }]).accounts[0];
  expect(new Set(found?.steps.map(({ cause }) => cause))).toEqual(
    new Set([
      "missing_symbol",
      "quantity",
      "multiplier",
      "price",
      "minimum",
      "offset",
      "house_extreme",
      "unexplained",
    ]),
  );
  const sum = found?.steps.reduce((total, { amountUsd }) => total + (amountUsd ?? Number.NaN), 0);
  expect(sum).toBeCloseTo(found?.differenceUsd ?? Number.NaN, 2);
});

describe("levels, tolerance and what cannot be compared", () => {
  test("only class groups: their sum stands for the account", () => {
    const rows = rowsOf(ours()).filter(({ level, id }) => level === "class_group" && id !== "XYZ");
    const account = against([...rows, { level: "class_group", id: "XYZ", margin: 1 }]).accounts[0];
    expect(account?.basis).toBe("class_group");
    expect(account?.theirsUsd).toBeCloseTo(
      rows.reduce((sum, { margin }) => sum + Number(margin), 1),
      6,
    );
  });

  test("a difference within the tolerance agrees, and is shown", () => {
    const rows = planted("-", {}, requirementOf(snapshot) + 5);
    expect(against(rows, 5).agrees).toBe(true);
    expect(against(rows, 4.99).agrees).toBe(false);
    expect(against(rows, 5).accounts[0]?.differenceUsd).toBe(5);
  });

  test("an account that only one of the two has, or that is incomplete, is not compared and does not agree", () => {
    const result = against([...rowsOf(ours()), { level: "account", id: "B", margin: 5 }]);
    expect(result.accounts.map(({ status }) => status)).toEqual(["agrees", "not_compared"]);
    expect(result.agrees).toBe(false);
    const broken = { ...snapshot, positions: [...positions, { account: "A", symbol: "GONE", quantity: 1 }] };
    const file = put("whole.csv", csv(rowsOf(ours())));
    expect(reconcileBook(engine, broken, { against: file }).accounts[0]).toMatchObject({
      status: "not_compared",
      note: "the account is incomplete",
    });
  });
});

describe("files of brokers", () => {
  test("tastytrade's margin report: amounts as text, by underlying", () => {
    const document = {
      data: {
        "account-number": "A",
        "maintenance-requirement": String(requirementOf(snapshot)),
        "maintenance-requirement-effect": "Debit",
        groups: [
          {
            "underlying-symbol": "FAR",
            "maintenance-requirement": "75.0",
            "maintenance-requirement-effect": "Debit",
          },
        ],
      },
    };
    const result = reconcileBook(engine, snapshot, { against: put("tasty.json", JSON.stringify(document)) });
    expect(result.format).toBe("tastytrade-margin-report");
    expect(result.agrees).toBe(true);
    expect(result.accounts[0]?.rows.map(({ id, differenceUsd }) => [id, differenceUsd])).toEqual([
      ["A", 0],
      ["FAR", 0],
    ]);
  });

  test("Schwab's positions: long less short, the requirement by position", () => {
    const positionsOfSchwab = positions.map(({ symbol, quantity }) => ({
      longQuantity: Math.max(quantity, 0),
      shortQuantity: Math.max(-quantity, 0),
      maintenanceRequirement: 100,
      instrument: { symbol },
    }));
    const document = [{ securitiesAccount: { accountNumber: "A", positions: positionsOfSchwab } }];
    const result = reconcileBook(engine, snapshot, { against: put("schwab.json", JSON.stringify(document)) });
    expect(result.accounts[0]).toMatchObject({ basis: "symbol", theirsUsd: 600 });
    expect(result.accounts[0]?.steps.some(({ cause }) => cause === "quantity")).toBe(false);
  });

  test.each([
    [
      "ibkr.csv",
      "Portfolio Group,Product Group,Class Group,Extreme Risk Additional Charge\n",
      "Portfolio Margin Details of Interactive Brokers",
    ],
    [
      "ibkr-groups.csv",
      '"Name","Product Group","Offset","Class Group","Description","Symbol","Quantity","Margin","Extreme"\n',
      "Portfolio Margin Details of Interactive Brokers",
    ],
    [
      "ibkr-section.csv",
      "Margin Report,Header,Portfolio Margin Details,Symbol,Quantity,Margin\n",
      "whose spelling is not confirmed",
    ],
    ["ibkr-statement.csv", "Statement,Header,Field Name,Field Value\n", "an Interactive Brokers report"],
    [
      "occ.csv",
      "Clrng Firm,Account ID,Acct Type,Prod Grp,Class Grp,Symbol\n",
      "OCC portfolio margin calculator",
    ],
    ["tos.csv", "Position Statement for 1 (x) on 12/29/21 11:49:04\n", "thinkorswim"],
    ["other.json", "{}", "tastytrade"],
  ])("%s is refused by name", (name, text, expected) => {
    expect(() => reconcileBook(engine, snapshot, { against: put(name, text) })).toThrow(expected);
  });

  test("a bad cell, an unknown column: nothing of the file is used, every fault is named", () => {
    const file = put("bad.csv", "level,id,margin,margins\naccount,A,ten,1\nclass,XYZ,5,1\n");
    try {
      reconcileBook(engine, snapshot, { against: file });
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof MarginError)) throw error;
      expect(error.failures.map(({ code, line }) => [code, line])).toEqual([
        ["TABLE_COLUMN_UNKNOWN", 1],
        ["CELL_TYPE", 2],
        ["CELL_CHOICE", 3],
      ]);
    }
  });
});
