// The cheapest pairing of strategy-based margin beside a greedy one: seconds per account, and dollars saved.
import { findCheapestPairing, loadLargeSolver } from "../dist/reg-t/pairing/index.js";
import { summarise } from "./harness.mjs";
import { accountBook, draws, greedyTotal, priceList, randomBook, realisticBook } from "./reg-t-books.mjs";

const switches = { spreads: "universal", expiry: "literal", longBoxes: false };

/** Best of three runs of each book, seconds: one per book, so that quantiles are those of the books. */
function timed(books, run) {
  return books.map((book) => {
    let best = Infinity;
    for (let i = 0; i < (book.repeats ?? 3); i++) {
      const start = performance.now();
      run(book);
      best = Math.min(best, (performance.now() - start) / 1000);
    }
    return best;
  });
}

function books(make, count, repeats = 3) {
  return Array.from({ length: count }, () => {
    const holdings = make();
    return { holdings, cost: priceList(holdings), repeats };
  });
}

const dollars = (units) => (units / 10_000).toLocaleString("en-US", { maximumFractionDigits: 0 });

/** What the books were charged either way, and how near the bound. */
function facts(name, list, options) {
  let [greedy, cheapest, saved, proven] = [0, 0, 0, 0];
  const gaps = [];
  for (const { holdings, cost } of list) {
    const found = findCheapestPairing({ holdings, cost, switches }, options);
    const other = greedyTotal(holdings, cost);
    if (!(found.total <= other)) throw new Error(`${name}: ${found.total} above greedy ${other}`);
    greedy += other;
    cheapest += found.total;
    if (found.total < other) saved += 1;
    if (found.proven) proven += 1;
    gaps.push(found.total === 0 ? 0 : (found.total - found.lowerBound) / found.total);
  }
  gaps.sort((a, b) => a - b);
  const percent = (x) => `${(100 * x).toPrecision(3)} %`;
  return (
    `${name}: ${list.length} books, ${proven} proven, gap median ${percent(gaps[gaps.length >> 1])}, ` +
    `greatest ${percent(gaps.at(-1))}; greedy $${dollars(greedy)}, cheapest $${dollars(cheapest)}, ` +
    `${percent(1 - cheapest / greedy)} saved, in ${saved} books`
  );
}

export async function regTResult({ rounds }) {
  const options = { solver: await loadLargeSolver() };
  const draw = draws(20070223);
  const few = rounds < 50 ? 0.3 : 1;
  const sets = {
    "accounts of up to 10 contracts": books(() => accountBook(draw, 10), 1000 * few),
    "20 legs, realistic": books(() => realisticBook(draw, 20, { expiries: 2, wide: 4 }), 100 * few),
    "20 legs, random": books(() => randomBook(draw, 20, { expiries: 2, wide: 10 }), 60 * few),
    "50 legs, realistic": books(() => realisticBook(draw, 50, { expiries: 3, wide: 8 }), 40 * few),
    "50 legs, random": books(() => randomBook(draw, 50, { expiries: 3, wide: 15 }), 20 * few, 1),
    "500 legs, realistic": books(() => realisticBook(draw, 500, { expiries: 10, wide: 50 }), 3, 1),
    "500 legs, random": books(() => randomBook(draw, 500, { expiries: 10, wide: 30 }), 2, 1),
  };
  const rows = [];
  const said = [];
  for (const [name, list] of Object.entries(sets)) {
    said.push(facts(name, list, options));
    const cheapest = timed(list, ({ holdings, cost }) =>
      findCheapestPairing({ holdings, cost, switches }, options),
    );
    rows.push({ name, ...summarise(cheapest), note: `p90 ${(1000 * at(cheapest, 0.9)).toPrecision(3)} ms` });
    rows.push({
      name: `  greedy, ${name}`,
      ...summarise(timed(list, ({ holdings, cost }) => greedyTotal(holdings, cost))),
    });
  }
  const cache = new Map();
  const accounts = sets["accounts of up to 10 contracts"];
  const cached = timed(accounts, ({ holdings, cost }) =>
    findCheapestPairing({ holdings, cost, switches }, { cache }),
  );
  rows.push({ name: "accounts of up to 10 contracts, shapes solved before", ...summarise(cached) });
  return {
    title: "strategy-based margin: cheapest pairing, with certificate",
    unit: "account and underlying",
    rows,
    errors: {},
    facts: said,
  };
}

function at(samples, quantile) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * quantile)];
}
