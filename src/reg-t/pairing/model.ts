import { linearProgram, type Column, type LinearProgram, type Row } from "./linear-program.js";

/**
 * The cheapest pairing of one underlying as a choice of groups. Money in units of 1/10,000 dollar, whole numbers.
 *
 * Baseline: everything alone (shorts naked, stock bare, longs unused). Each bundle and each pool then changes the
 * total by a known amount, and uses up what it holds.
 */
export interface PairingModel {
  /** What there is: contracts of each leg, then shares (or lots) of each stock position. */
  readonly capacity: readonly number[];
  /** Option legs; leg i is resource i. */
  readonly legs: readonly ModelLeg[];
  /** Groups of a fixed make: strangles, option and stock, boxes, spreads of at most four contracts. */
  readonly bundles: readonly Bundle[];
  /** Spreads of any number of legs; legs may stand in several pools. */
  readonly pools: readonly Pool[];
}

export interface ModelLeg {
  readonly isShort: boolean;
  readonly isCall: boolean;
  /** Money units per share. */
  readonly strike: number;
  /** Shares per contract. */
  readonly units: number;
  /** Change of the total when a spread uses one contract: minus the naked requirement, plus loan value lost. */
  readonly spreadChange: number;
}

export interface Bundle {
  /** Change of the total per bundle; negative, or the bundle would not be there. */
  readonly change: number;
  readonly uses: readonly (readonly [resource: number, amount: number])[];
}

/** Indices of the legs that may meet in one spread. */
export interface Pool {
  readonly legs: readonly number[];
}

/** Counts of each bundle, and of each leg of each pool. */
export interface PairingCounts {
  readonly bundles: readonly number[];
  readonly pools: readonly (readonly number[])[];
}

/** A model as a linear program, all whole numbers: the bundles, then each pool's legs, then one loss per pool. */
export interface PairingProgram {
  readonly program: LinearProgram;
  /** Money units per unit of the program's cost: a power of 2, so that scaling does not round. */
  readonly scale: number;
  /** Columns 0 .. countColumns - 1 are numbers of contracts and groups; the others follow from them. */
  readonly countColumns: number;
  /** Every attainable cost is a multiple of it (program's unit): one money unit of the model. */
  readonly step: number;
  readonly costOf: (values: Float64Array) => number;
  readonly countsOf: (values: Float64Array) => PairingCounts;
  /** The option legs: resources 0 .. legs.length - 1. */
  readonly legs: readonly ModelLeg[];
  /** Resources that each column uses; losses none. */
  readonly resourcesOf: readonly (readonly number[])[];
}

/** Intrinsic value of one contract at a price, money units, signed: what a short loses, what a long gains. */
export function signedIntrinsic(leg: ModelLeg, price: number): number {
  const inTheMoney = leg.isCall ? price - leg.strike : leg.strike - price;
  return (leg.isShort ? 1 : -1) * leg.units * Math.max(0, inTheMoney);
}

/**
 * Greatest loss of a balanced spread, at least 0, money units. The loss is linear between exercise prices, flat
 * outside them, and bends down (may peak) only where a long leg's strike is, so those strikes are enough.
 */
export function greatestLoss(legs: readonly ModelLeg[], counts: readonly number[]): number {
  let worst = 0;
  legs.forEach((at, a) => {
    if (at.isShort || counts[a] === 0) return;
    let loss = 0;
    legs.forEach((leg, i) => {
      loss += signedIntrinsic(leg, at.strike) * counts[i]!;
    });
    worst = Math.max(worst, loss);
  });
  return worst;
}

/** Greatest common divisor of whole numbers; gcd(0, x) = |x|. */
export function gcd(a: number, b: number): number {
  let x = Math.abs(a);
  let y = Math.abs(b);
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** Of whole numbers of units: ten minis go with one contract of 100. */
export function leastCommonMultiple(a: number, b: number): number {
  return (a / gcd(a, b)) * b;
}

/** The least power of 2 that is not below `value`, at least 1. */
function powerOfTwo(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}

/** Where each part of the model stands in the program. */
interface Layout {
  readonly columns: Column[];
  readonly rows: Row[];
  /** Row of each resource, -1 where bounds alone keep it (a single user of amount 1). */
  readonly resourceRow: readonly number[];
  readonly scale: number;
}

function layOut(model: PairingModel): Layout {
  const users = model.capacity.map(() => 0);
  for (const bundle of model.bundles) for (const [resource] of bundle.uses) users[resource]! += 1;
  for (const pool of model.pools) for (const leg of pool.legs) users[leg]! += 1;
  const rows: Row[] = [];
  const resourceRow = users.map((count, i) =>
    count > 1 ? rows.push({ rightSide: model.capacity[i]!, isEquation: false }) - 1 : -1,
  );
  const largest = model.legs.reduce((most, leg) => Math.max(most, Math.abs(leg.spreadChange)), 1);
  return { columns: [], rows, resourceRow, scale: powerOfTwo(largest) };
}

function addBundles(model: PairingModel, layout: Layout): void {
  for (const bundle of model.bundles) {
    const upper = bundle.uses.reduce(
      (least, [resource, amount]) => Math.min(least, Math.floor(model.capacity[resource]! / amount)),
      Infinity,
    );
    const entries = bundle.uses.flatMap(([resource, amount]) => {
      const row = layout.resourceRow[resource]!;
      return row < 0 ? [] : [[row, amount] as const];
    });
    layout.columns.push({ cost: bundle.change / layout.scale, upper, entries });
  }
}

/** Rows of one pool: longs and shorts of each type in balance, and the loss at each strike of a long, in whole steps. */
function addPool(model: PairingModel, pool: Pool, layout: Layout): Column {
  const { rows, columns, resourceRow, scale } = layout;
  const legs = pool.legs.map((i) => model.legs[i]!);
  const balance = [true, false].map((isCall) =>
    legs.some((leg) => leg.isCall === isCall) ? rows.push({ rightSide: 0, isEquation: true }) - 1 : -1,
  );
  const unit = legs.reduce((divisor, leg) => gcd(divisor, leg.units), 0);
  const strikes = [...new Set(legs.filter((leg) => !leg.isShort).map((leg) => leg.strike))].sort(
    (a, b) => a - b,
  );
  const lossRows = strikes.map(() => rows.push({ rightSide: 0, isEquation: false }) - 1);
  // Of whole contracts the loss is a whole number of steps: a column like any other, to cut and to branch on.
  const lossStep =
    legs.reduce(
      (step, leg) => strikes.reduce((divisor, strike) => gcd(divisor, signedIntrinsic(leg, strike)), step),
      0,
    ) || 1;
  let nakedTotal = 0;
  pool.legs.forEach((index, i) => {
    const leg = legs[i]!;
    const capacity = model.capacity[index]!;
    if (leg.isShort) nakedTotal -= leg.spreadChange * capacity;
    const entries: [number, number][] = [];
    if (resourceRow[index]! >= 0) entries.push([resourceRow[index]!, 1]);
    entries.push([balance[leg.isCall ? 0 : 1]!, (leg.isShort ? leg.units : -leg.units) / unit]);
    strikes.forEach((strike, s) => {
      const loss = signedIntrinsic(leg, strike);
      if (loss !== 0) entries.push([lossRows[s]!, loss / lossStep]);
    });
    columns.push({ cost: leg.spreadChange / scale, upper: capacity, entries });
  });
  // A pool that loses more than its shorts need when naked is not worth having.
  return {
    cost: lossStep / scale,
    upper: Math.floor(nakedTotal / lossStep),
    entries: lossRows.map((row) => [row, -1] as const),
  };
}

function reader(model: PairingModel): PairingProgram["countsOf"] {
  return (values) => {
    let at = model.bundles.length;
    return {
      bundles: Array.from(values.subarray(0, at)),
      pools: model.pools.map((pool) => Array.from(values.subarray(at, (at += pool.legs.length)))),
    };
  };
}

/** Exact change of the total by the counts, money units; NaN where they use more than there is or do not balance. */
export function changeOf(model: PairingModel, counts: PairingCounts): number {
  const left = [...model.capacity];
  let total = 0;
  let fits = true;
  model.bundles.forEach((bundle, b) => {
    const count = counts.bundles[b]!;
    fits &&= count >= 0;
    total += bundle.change * count;
    for (const [resource, amount] of bundle.uses) left[resource]! -= amount * count;
  });
  model.pools.forEach((pool, p) => {
    const poolCounts = counts.pools[p]!;
    const balance = [0, 0];
    pool.legs.forEach((index, i) => {
      const leg = model.legs[index]!;
      const count = poolCounts[i]!;
      fits &&= count >= 0;
      total += leg.spreadChange * count;
      left[index]! -= count;
      balance[leg.isCall ? 0 : 1]! += (leg.isShort ? leg.units : -leg.units) * count;
    });
    fits &&= balance[0] === 0 && balance[1] === 0;
    total += greatestLoss(
      pool.legs.map((index) => model.legs[index]!),
      poolCounts,
    );
  });
  return fits && left.every((amount) => amount >= 0) ? total : NaN;
}

export function pairingProgram(model: PairingModel): PairingProgram {
  const layout = layOut(model);
  addBundles(model, layout);
  const losses = model.pools.map((pool) => addPool(model, pool, layout));
  const integerCount = layout.columns.length;
  const countsOf = reader(model);
  return {
    program: linearProgram(layout.rows, [...layout.columns, ...losses], {
      columns: integerCount + losses.length,
      rows: layout.rows.length,
    }),
    scale: layout.scale,
    countColumns: integerCount,
    legs: model.legs,
    step: 1 / layout.scale,
    countsOf,
    resourcesOf: [
      ...model.bundles.map((bundle) => bundle.uses.map(([resource]) => resource)),
      ...model.pools.flatMap((pool) => pool.legs.map((leg) => [leg])),
      ...losses.map(() => []),
    ],
    costOf: (values) => changeOf(model, countsOf(values)) / layout.scale,
  };
}
