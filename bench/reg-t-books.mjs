// Books of one underlying for the pairing bench, drawn from a fixed sequence, and the price list of single strategies
// they are paired by (FINRA 4210(f)(2): 20 % and 10 %, stock 25 % and 30 %). Money in 1/10,000 dollar.

/** Lehmer's generator: one seed, one list of books on every machine. */
export function draws(seed) {
  let state = seed;
  return (n) => (state = (state * 48271) % 2147483647) % n;
}

const spot = 1_000_000;

/** Premium per share at 30 % volatility, roughly (a bell around the price over the square root of time); whole cents. */
function premium(isCall, strike, expiry) {
  const intrinsic = Math.max(0, isCall ? spot - strike : strike - spot);
  const width = 0.3 * Math.sqrt(expiry / 365);
  const distance = (strike / spot - 1) / width;
  return (
    intrinsic + Math.max(1, Math.round(0.4 * width * Math.exp(-0.5 * distance * distance) * 10_000)) * 100
  );
}

/** One underlying's rows: series netted, those at 0 dropped. */
class Rows {
  series = new Map();
  shares = 0;

  add(isCall, strike, expiry, quantity) {
    const key = `${isCall} ${strike} ${expiry}`;
    const row = this.series.get(key) ?? { isCall, strike: strike * 10_000, expiry, quantity: 0 };
    row.quantity += quantity;
    this.series.set(key, row);
  }

  holdings() {
    const options = [...this.series.values()]
      .filter((row) => row.quantity !== 0)
      .map((row) => ({
        ...row,
        units: 100,
        pairedCost: 0,
        price: premium(row.isCall, row.strike, row.expiry),
      }));
    return { options, stocks: this.shares === 0 ? [] : [{ shares: this.shares }] };
  }
}

const strategies = [
  (rows, { k, near, n }) => {
    rows.shares += 100 * n;
    rows.add(true, k + 5, near, -n);
  },
  (rows, { k, near, n }) => rows.add(false, k - 5, near, -n),
  (rows, { k, near, n, w }) => {
    rows.add(false, k - 5, near, -n);
    rows.add(false, k - 5 - w, near, n);
  },
  (rows, { k, near, n, w }) => {
    rows.add(true, k + 5, near, -n);
    rows.add(true, k + 5 + w, near, n);
  },
  (rows, { k, near, n, w }) => {
    rows.add(true, k, near, n);
    rows.add(true, k + w, near, -n);
  },
  (rows, { k, near, n, w }) => {
    rows.add(false, k - 10 - w, near, n);
    rows.add(false, k - 10, near, -n);
    rows.add(true, k + 10, near, -n);
    rows.add(true, k + 10 + w, near, n);
  },
  (rows, { k, near, n }) => {
    rows.add(false, k - 10, near, -n);
    rows.add(true, k + 10, near, -n);
  },
  (rows, { k, near, far, n }) => {
    rows.add(true, k, near, -n);
    rows.add(true, k, far, n);
  },
  (rows, { k, near, n }) => {
    rows.shares += 100 * n;
    rows.add(false, k - 5, near, n);
    rows.add(true, k + 10, near, -n);
  },
  (rows, { k, near, n, w }) => {
    rows.add(true, k - w, near, n);
    rows.add(true, k, near, -2 * n);
    rows.add(true, k + w, near, n);
  },
  (rows, { k, near, n, w }) => {
    rows.add(false, k, near, n);
    rows.add(false, k - w, near, -2 * n);
  },
  (rows, { k, near, n }) => {
    rows.shares -= 100 * n;
    rows.add(true, k + 5, near, n);
  },
];

/** An account as people hold them: one to three strategies, up to `contracts` option contracts. */
export function accountBook(draw, contracts) {
  for (;;) {
    const rows = new Rows();
    addStrategies(rows, draw, { count: 1 + draw(3), expiries: 2, most: 3 });
    const holdings = rows.holdings();
    const held = holdings.options.reduce((sum, row) => sum + Math.abs(row.quantity), 0);
    if (held > 0 && held <= contracts) return holdings;
  }
}

function addStrategies(rows, draw, { count, expiries, most, wide = 3 }) {
  for (let i = 0; i < count; i++) {
    const near = 30 * (1 + draw(expiries));
    strategies[draw(strategies.length)](rows, {
      k: 100 + 5 * (draw(2 * wide + 1) - wide),
      near,
      far: near + 30,
      n: 1 + draw(most),
      w: 5 * (1 + draw(2)),
    });
  }
}

/** Strategies upon strategies until the book has `legs` option legs. */
export function realisticBook(draw, legs, { expiries, wide }) {
  const rows = new Rows();
  for (;;) {
    addStrategies(rows, draw, { count: 1, expiries, most: 10, wide });
    const holdings = rows.holdings();
    if (holdings.options.length >= legs) return holdings;
  }
}

/** Legs drawn without any strategy in mind: harder than what people hold. */
export function randomBook(draw, legs, { expiries, wide }) {
  const rows = new Rows();
  while (rows.series.size < legs) {
    const strike = 100 + 2.5 * (draw(2 * wide + 1) - wide);
    rows.add(draw(2) === 1, strike, 30 * (1 + draw(expiries)), (1 + draw(5)) * (draw(2) === 1 ? 1 : -1));
  }
  rows.shares = [-500, 0, 300][draw(3)];
  return rows.holdings();
}

/** The price list: requirement of one group; NaN where it is no strategy. */
export function priceList({ options }) {
  const naked = options.map((leg) => {
    const out = Math.max(0, leg.isCall ? leg.strike - spot : spot - leg.strike);
    const share = leg.price + Math.max(0.2 * spot - out, 0.1 * (leg.isCall ? spot : leg.strike));
    return 100 * Math.round(leg.isCall ? share : Math.min(share, leg.strike));
  });
  const bare = (shares) => Math.abs(shares) * spot * (shares > 0 ? 0.25 : 0.3);
  const withShares = (shares, written, bought) => {
    const sign = Math.sign(shares);
    if ((written && written.isCall !== shares > 0) || (bought && bought.isCall === shares > 0)) return NaN;
    const deep = written ? Math.max(0, sign * (spot - written.strike)) : 0;
    if (!bought) return 100 * ((sign > 0 ? 0.25 * Math.min(spot, written.strike) : 0.3 * spot) + deep);
    const out = Math.max(0, sign * (spot - bought.strike));
    const own = bought.strike / 10 + out;
    if (!written) return 100 * Math.min(own, (sign > 0 ? 0.25 : 0.3) * spot);
    if (bought.expiry < written.expiry || sign * (bought.strike - written.strike) > 0) return NaN;
    if (sign < 0 && bought.strike !== written.strike) return NaN;
    const isConversion = bought.strike === written.strike;
    return 100 * ((isConversion ? bought.strike / 10 : Math.min(own, 0.25 * written.strike)) + deep);
  };
  const spread = (parts) => {
    let worst = 0;
    for (const { holding: at } of parts) {
      let loss = 0;
      for (const { holding, quantity } of parts) {
        const leg = options[holding];
        const gain = leg.isCall ? options[at].strike - leg.strike : leg.strike - options[at].strike;
        loss -= quantity * 100 * Math.max(0, gain);
      }
      worst = Math.max(worst, loss);
    }
    return worst;
  };
  return (parts) => {
    const last = parts.at(-1);
    if (last.holding >= options.length) {
      if (parts.length === 1) return bare(last.quantity);
      const held = parts.slice(0, -1);
      const written = held.find(({ quantity }) => quantity < 0);
      const bought = held.find(({ quantity }) => quantity > 0);
      return withShares(
        last.quantity,
        written && options[written.holding],
        bought && options[bought.holding],
      );
    }
    if (parts.length === 1) return last.quantity > 0 ? 0 : -last.quantity * naked[last.holding];
    if (parts.length === 2 && parts[0].quantity < 0 && last.quantity < 0) {
      const [a, b] = [parts[0].holding, last.holding];
      const [call, put] = options[a].isCall ? [a, b] : [b, a];
      return naked[call] >= naked[put]
        ? naked[call] + options[put].price * 100
        : naked[put] + options[call].price * 100;
    }
    return spread(parts);
  };
}

/**
 * Greedy pairing, as public code does it: near expiry and low strike first; shares, then one long of the type, then
 * strangles in the order of the list; what is left stands alone. Returns the total.
 */
export function greedyTotal({ options, stocks }, cost) {
  const left = options.map((leg) => leg.quantity);
  let shares = stocks[0]?.shares ?? 0;
  let total = 0;
  const order = options
    .map((_, i) => i)
    .sort((a, b) => options[a].expiry - options[b].expiry || options[a].strike - options[b].strike);
  const take = (parts, times) => {
    total += cost(parts) * times;
    for (const { holding, quantity } of parts) {
      if (holding < options.length) left[holding] -= quantity * times;
      else shares -= quantity * times;
    }
  };
  const shorts = order.filter((i) => left[i] < 0);
  for (const s of shorts) {
    if (options[s].isCall !== shares > 0) continue;
    const lots = Math.min(-left[s], Math.floor(Math.abs(shares) / 100));
    if (lots > 0)
      take(
        [
          { holding: s, quantity: -1 },
          { holding: options.length, quantity: Math.sign(shares) * 100 },
        ],
        lots,
      );
  }
  for (const s of shorts) {
    for (const l of order) {
      if (left[s] === 0) break;
      if (left[l] <= 0 || options[l].isCall !== options[s].isCall || options[l].expiry < options[s].expiry)
        continue;
      const parts = [
        { holding: l, quantity: 1 },
        { holding: s, quantity: -1 },
      ];
      if (cost(parts) < cost([{ holding: s, quantity: -1 }])) take(parts, Math.min(left[l], -left[s]));
    }
  }
  for (const c of shorts.filter((i) => options[i].isCall)) {
    for (const p of shorts.filter((i) => !options[i].isCall)) {
      const pairs = Math.min(-left[c], -left[p]);
      if (pairs > 0)
        take(
          [
            { holding: c, quantity: -1 },
            { holding: p, quantity: -1 },
          ],
          pairs,
        );
    }
  }
  left.forEach((quantity, holding) => {
    if (quantity < 0) take([{ holding, quantity: -1 }], -quantity);
  });
  return total + (shares === 0 ? 0 : cost([{ holding: options.length, quantity: shares }]));
}
