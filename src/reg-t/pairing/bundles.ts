import { failure, MarginError } from "../../basics/failure.js";
import type { GroupCost, Holdings, Part, PairingSwitches } from "./holdings.js";
import { boxes, spreadsOfFour, type Candidate } from "./spread-shapes.js";
import { mayMeet } from "./pools.js";
import { leastCommonMultiple, type Bundle } from "./model.js";

/** The price of everything alone, one contract or one share at a time, and the groups that are cheaper together. */
export interface BundleList {
  readonly bundles: readonly Bundle[];
  /** The parts of each bundle. */
  readonly parts: readonly (readonly Part[])[];
  /** Cost of one contract of each option alone. */
  readonly alone: readonly number[];
  /** Cost of everything alone. */
  readonly baseline: number;
}

interface Gathering {
  readonly holdings: Holdings;
  readonly cost: GroupCost;
  readonly alone: readonly number[];
  readonly bundles: Bundle[];
  readonly parts: Part[][];
}

/** The cost of a part alone. Everything has one, in whole money units, or nothing can be said of the account. */
function wholeCost(cost: GroupCost, part: Part): number {
  const amount = cost([part]);
  if (Number.isSafeInteger(amount)) return amount;
  throw new MarginError([failure("INTERNAL", { value: `a position alone costs ${amount} money units` })]);
}

function aloneCost({ holdings, cost, alone }: Gathering, part: Part): number {
  return part.holding < holdings.options.length
    ? alone[part.holding]! * Math.abs(part.quantity)
    : wholeCost(cost, part);
}

/** Adds the group if it costs less than `atMost` beside its parts alone; returns its change (0 if not added). */
function add(gathering: Gathering, parts: readonly Part[], atMost = 0): number {
  const cost = gathering.cost(parts);
  if (Number.isNaN(cost)) return 0;
  const change = parts.reduce((sum, part) => sum - aloneCost(gathering, part), cost);
  if (!(change < atMost)) return 0;
  gathering.bundles.push({ change, uses: parts.map((part) => [part.holding, Math.abs(part.quantity)]) });
  gathering.parts.push([...parts]);
  return change;
}

/** Adds the group where that many contracts and shares are held. */
function addHeld(gathering: Gathering, parts: readonly Part[], atMost = 0): void {
  const { options, stocks } = gathering.holdings;
  const held = ({ holding }: Part): number =>
    options[holding]?.quantity ?? stocks[holding - options.length]!.shares;
  if (parts.every((part) => Math.abs(part.quantity) <= Math.abs(held(part)))) add(gathering, parts, atMost);
}

/** A short call with a short put: FINRA 4210(f)(2)(G)(i). Strikes, expiries and sizes of contracts may differ. */
function addStrangles(gathering: Gathering): void {
  const { options } = gathering.holdings;
  options.forEach((call, c) => {
    if (!call.isCall || call.quantity > 0) return;
    options.forEach((put, p) => {
      if (put.isCall || put.quantity > 0) return;
      const units = leastCommonMultiple(call.units, put.units);
      addHeld(gathering, [
        { holding: c, quantity: -units / call.units },
        { holding: p, quantity: -units / put.units },
      ]);
    });
  });
}

/** An option on shares, or one bought and one written: (F)(ii), (H)(v). The price list refuses what is none. */
function addStockGroups(gathering: Gathering): void {
  const { options, stocks } = gathering.holdings;
  stocks.forEach((stock, s) => {
    const sharesOf = (units: number): Part => ({
      holding: options.length + s,
      quantity: Math.sign(stock.shares) * units,
    });
    const single = options.map((option, i) => {
      if (option.units > Math.abs(stock.shares)) return 0;
      return add(gathering, [{ holding: i, quantity: Math.sign(option.quantity) }, sharesOf(option.units)]);
    });
    options.forEach((written, w) => {
      if (written.quantity > 0) return;
      options.forEach((bought, b) => {
        if (bought.quantity < 0 || bought.isCall === written.isCall) return;
        const units = leastCommonMultiple(written.units, bought.units);
        const [long, short] = [units / bought.units, units / written.units];
        const parts = [{ holding: b, quantity: long }, { holding: w, quantity: -short }, sharesOf(units)];
        addHeld(gathering, parts, Math.min(single[w]! * short, single[b]! * long));
      });
    });
  });
}

/** Spreads of one long and one short contract; returns each pair's change for the larger shapes to beat. */
function addVerticals(gathering: Gathering, switches: PairingSwitches): Candidate[] {
  const { options } = gathering.holdings;
  const found: Candidate[] = [];
  options.forEach((short, s) => {
    if (short.quantity > 0) return;
    options.forEach((long, l) => {
      if (long.quantity < 0 || long.isCall !== short.isCall || long.units !== short.units) return;
      if (!mayMeet(short.expiry, long.expiry, switches.expiry)) return;
      const parts = [
        { holding: l, quantity: 1 },
        { holding: s, quantity: -1 },
      ];
      found.push({ short: s, long: l, change: add(gathering, parts) });
    });
  });
  return found;
}

/** Two verticals in one: butterflies, condors, iron shapes. Kept where together they cost less than in any two. */
function addFours(gathering: Gathering, verticals: readonly Candidate[], switches: PairingSwitches): void {
  for (const { parts, best } of spreadsOfFour(gathering.holdings, verticals, switches.expiry)) {
    add(gathering, parts, best);
  }
}

/** Every group of a fixed make that is cheaper than its parts alone, in a fixed order. */
export function listBundles(holdings: Holdings, cost: GroupCost, switches: PairingSwitches): BundleList {
  const alone = holdings.options.map((option, i) =>
    wholeCost(cost, { holding: i, quantity: Math.sign(option.quantity) }),
  );
  const gathering: Gathering = { holdings, cost, alone, bundles: [], parts: [] };
  addStrangles(gathering);
  if (holdings.stocks.length > 0) addStockGroups(gathering);
  if (switches.longBoxes) for (const parts of boxes(holdings)) addHeld(gathering, parts);
  if (switches.spreads !== "universal") {
    const verticals = addVerticals(gathering, switches);
    if (switches.spreads === "named") addFours(gathering, verticals, switches);
  }
  const optionCost = holdings.options.reduce(
    (sum, option, i) => sum + alone[i]! * Math.abs(option.quantity),
    0,
  );
  const baseline = holdings.stocks.reduce(
    (sum, stock, s) =>
      sum + wholeCost(cost, { holding: holdings.options.length + s, quantity: stock.shares }),
    optionCost,
  );
  return { bundles: gathering.bundles, parts: gathering.parts, alone, baseline };
}
