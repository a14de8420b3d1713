// Single strategies priced from the rule text, written for these tests alone: nothing here is shared with the
// optimiser or with the pricing it is used with. Money in 1/10,000 dollar, whole numbers.

export interface ReferenceLeg {
  readonly kind: "call" | "put" | "stock";
  /** Money units per share; 0 for stock. */
  readonly strike: number;
  /** Days; 0 for stock. */
  readonly expiry: number;
  /** Shares per contract; 1 for stock. */
  readonly units: number;
  /** Signed: contracts, or shares. */
  readonly quantity: number;
  /** Premium, money units per share; the share's own price for stock. */
  readonly price: number;
}

export interface ReferenceBook {
  /** Money units per share. */
  readonly spot: number;
  /** Percent: 20 and 10 for shares, 15 and 10 for broad indexes (already times leverage). */
  readonly a: number;
  readonly b: number;
  readonly stockPercent: number;
  readonly shortStockPercent: number;
  readonly european: boolean;
  readonly legs: readonly ReferenceLeg[];
}

type Part = readonly [leg: ReferenceLeg, quantity: number];

/** FINRA 4210(f)(2)(E)(i): premium + max(a S - out of the money, b X); puts capped at their exercise price. */
export function naked(book: ReferenceBook, leg: ReferenceLeg): number {
  const out = leg.kind === "call" ? leg.strike - book.spot : book.spot - leg.strike;
  const base = leg.kind === "call" ? book.spot : leg.strike;
  const perShare = leg.price + Math.max((book.a * book.spot) / 100 - Math.max(0, out), (book.b * base) / 100);
  return leg.units * (leg.kind === "put" ? Math.min(perShare, leg.strike) : perShare);
}

/** 4210(c): 25 % long; short: the greater of $5 and 30 % from $5.00 up, of $2.50 and 100 % below. Per share. */
export function bareShare(book: ReferenceBook, isLong: boolean): number {
  if (isLong) return (book.stockPercent * book.spot) / 100;
  if (book.spot < 50000) return Math.max(25000, book.spot);
  return Math.max(50000, (book.shortStockPercent * book.spot) / 100);
}

function intrinsic(leg: ReferenceLeg, at: number): number {
  return leg.units * Math.max(0, leg.kind === "call" ? at - leg.strike : leg.strike - at);
}

/** (H)(i): loss at every exercise price; NaN where (A)(xxxii) d or e is not met. */
function spread(parts: readonly Part[]): number {
  const shorts = parts.filter(([, quantity]) => quantity < 0);
  const longs = parts.filter(([, quantity]) => quantity > 0);
  for (const kind of ["call", "put"] as const) {
    const net = parts.reduce((sum, [leg, q]) => sum + (leg.kind === kind ? leg.units * q : 0), 0);
    if (net !== 0) return NaN;
  }
  if (longs.length === 0) return NaN;
  const lastShort = Math.max(...shorts.map(([leg]) => leg.expiry));
  if (longs.some(([leg]) => leg.expiry < lastShort)) return NaN;
  return Math.max(
    0,
    ...parts.map(([at]) => parts.reduce((sum, [leg, q]) => sum - q * intrinsic(leg, at.strike), 0)),
  );
}

/** (G)(i): totals compared; ties do not matter, the calls' side and the puts' side then cost the same or less. */
function strangle(book: ReferenceBook, call: ReferenceLeg, put: ReferenceLeg): number {
  const c = naked(book, call);
  const p = naked(book, put);
  return c >= p ? c + put.price * put.units : p + call.price * call.units;
}

/** (H)(v) and (F)(ii): stock of exactly as many shares as the option (or both options) stand for. */
function withStock(book: ReferenceBook, shares: number, options: readonly Part[]): number {
  const { spot } = book;
  const lot = Math.abs(shares);
  const sign = Math.sign(shares);
  const bare = bareShare(book, shares > 0);
  if (options.some(([leg, q]) => Math.abs(q) * leg.units !== lot)) return NaN;
  const written = options.find(([, q]) => q < 0)?.[0];
  const bought = options.find(([, q]) => q > 0)?.[0];
  if (options.length > 2 || (options.length === 2 && (!written || !bought))) return NaN;
  const writtenKind = sign > 0 ? "call" : "put";
  const boughtKind = sign > 0 ? "put" : "call";
  if ((written && written.kind !== writtenKind) || (bought && bought.kind !== boughtKind)) return NaN;
  const deep = written ? Math.max(0, sign * (spot - written.strike)) : 0;
  if (written && !bought) {
    const base = sign > 0 ? (book.stockPercent * Math.min(spot, written.strike)) / 100 : bare;
    return lot * (base + deep);
  }
  if (!bought) return NaN;
  const out = Math.max(0, sign * (spot - bought.strike));
  if (!written) return lot * Math.min(bought.strike / 10 + out, bare);
  if (bought.expiry < written.expiry) return NaN;
  if (sign < 0) return written.strike === bought.strike ? lot * (bought.strike / 10 + deep) : NaN;
  if (bought.strike === written.strike) return lot * (bought.strike / 10 + deep);
  if (bought.strike > written.strike) return NaN;
  return lot * (Math.min(bought.strike / 10 + out, (book.stockPercent * written.strike) / 100) + deep);
}

/** (H)(v)e: a long box of European options: 50 % of the strike difference less the value allowed; else 0. */
function longBoxCredit(book: ReferenceBook, parts: readonly Part[]): number {
  if (!book.european || parts.length !== 4) return 0;
  const find = (kind: string, isLong: boolean) =>
    parts.find(([leg, q]) => leg.kind === kind && q > 0 === isLong)?.[0];
  const [lc, sc, lp, sp] = [find("call", true), find("call", false), find("put", true), find("put", false)];
  if (!lc || !sc || !lp || !sp) return 0;
  const n = Math.abs(parts[0]![1]);
  const same = [lc, sc, lp, sp].every((leg) => leg.expiry === lc.expiry && leg.units === lc.units);
  if (!same || parts.some(([, q]) => Math.abs(q) !== n)) return 0;
  if (lc.strike !== sp.strike || sc.strike !== lp.strike || lc.strike >= sc.strike) return 0;
  const width = (sc.strike - lc.strike) * lc.units;
  const value = (lc.price - sc.price + lp.price - sp.price) * lc.units;
  return n * Math.min(0, width / 2 - Math.min(Math.max(0, value), width));
}

/** Maintenance plus haircut of one group by its cheapest reading; NaN where it is no single strategy. */
export function groupCost(book: ReferenceBook, parts: readonly Part[], maxSpread = Infinity): number {
  const stock = parts.filter(([leg]) => leg.kind === "stock");
  const options = parts.filter(([leg]) => leg.kind !== "stock");
  const contracts = options.reduce((sum, [, q]) => sum + Math.abs(q), 0);
  if (stock.length > 0) {
    const shares = stock.reduce((sum, [, q]) => sum + q, 0);
    if (options.length === 0) return Math.abs(shares) * bareShare(book, shares > 0);
    return withStock(book, shares, options);
  }
  if (options.every(([, q]) => q > 0)) return 0;
  if (contracts === 1) return naked(book, options[0]![0]);
  if (contracts === 2 && options.length === 2 && options.every(([, q]) => q < 0)) {
    const call = options.find(([leg]) => leg.kind === "call")?.[0];
    const put = options.find(([leg]) => leg.kind === "put")?.[0];
    if (!call || !put || call.units !== put.units) return NaN;
    return strangle(book, call, put);
  }
  if (contracts > maxSpread) return NaN;
  return spread(options) + longBoxCredit(book, options);
}

/**
 * The optimum by exhaustive search: every contract (or lot of shares) an item, best[set] = the least over all groups
 * that hold the set's first item of cost(group) + best[rest]. 3^items steps: up to about 10 items.
 */
export function exhaustiveOptimum(book: ReferenceBook, lot = 100, maxSpread = Infinity): number {
  const items: ReferenceLeg[] = [];
  for (const leg of book.legs) {
    const count = Math.abs(leg.quantity) / (leg.kind === "stock" ? lot : 1);
    for (let i = 0; i < count; i++) items.push(leg);
  }
  const size = 1 << items.length;
  const cost = new Float64Array(size).fill(NaN);
  for (let set = 1; set < size; set++) {
    const counts = new Map<ReferenceLeg, number>();
    items.forEach((leg, i) => {
      if ((set & (1 << i)) === 0) return;
      const amount = Math.sign(leg.quantity) * (leg.kind === "stock" ? lot : 1);
      counts.set(leg, (counts.get(leg) ?? 0) + amount);
    });
    cost[set] = groupCost(book, [...counts], maxSpread);
  }
  const best = new Float64Array(size).fill(Infinity);
  best[0] = 0;
  for (let set = 1; set < size; set++) {
    const first = set & -set;
    const rest = set ^ first;
    for (let part = rest; ; part = (part - 1) & rest) {
      const total = cost[part | first]! + best[rest ^ part]!;
      if (total < best[set]!) best[set] = total;
      if (part === 0) break;
    }
  }
  return best[size - 1]!;
}
