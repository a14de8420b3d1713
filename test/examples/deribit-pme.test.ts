import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, loadEngine } from "../../src/engine.js";
import { readSnapshotFile } from "../../src/tables/read-tables.js";

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine();
});

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const rules = at("examples/deribit-pme/rules.yaml");
const published = at("../shared/data/clearing/deribit-pme/simulate_eth_perpetual_short1.json");

/** ETH in one "USD" of the example. */
const nano = 1e-9;
const toleranceEth = 1e-9;

function closeTo(ours: readonly number[], theirs: readonly number[]): void {
  expect(ours.length).toBe(theirs.length);
  const far = ours.map((value, s) => Math.abs(value * nano - (theirs[s] ?? Number.NaN)));
  expect(Math.max(...far)).toBeLessThan(toleranceEth);
}

// Deribit, private/pme/simulate, cross margin, 2026-02-15, ETH: the figures of `initial_margin_details`.
const worstCase = 0.152_464_126_728_813_57;
const rollShock = 0.004_997_435_265;
const initialMargin = 0.157_461_562_265;
const maintenanceMargin = 0.125_969_249_812;

test("the example gives the published worst case, its bucket, the roll shock and both margins", () => {
  const result = engine.margin(readSnapshotFile(at("examples/deribit-pme/snapshot.json")), { rules });
  expect(result.failures).toEqual([]);
  const account = result.accounts[0]!;
  const [group] = account.portfolioGroups;
  closeTo([group?.scanLossUsd ?? Number.NaN], [worstCase]);
  expect(group?.worst).toMatchObject({ index: 25, move: 0.18 });
  closeTo([account.houseTests?.[0]?.addedUsd ?? Number.NaN], [rollShock]);
  closeTo([account.requirementUsd ?? Number.NaN], [initialMargin]);
  closeTo([0.8 * (account.requirementUsd ?? Number.NaN)], [maintenanceMargin]);
});

interface Answer {
  readonly index_price: { readonly eth_usd: number };
  readonly portfolio: { readonly position: Readonly<Record<string, number>> };
  readonly margins: {
    readonly eth: {
      readonly maintenance_margin: number;
      readonly initial_margin_details: {
        readonly risk_matrix_margin: number;
        readonly risk_matrix_margin_details: Readonly<Record<"worst_case" | "roll_shock", number>>;
      };
    };
  };
  readonly initial_risk_vectors: Readonly<Record<string, Vectors>>;
  readonly aggregated_risk_vectors: Readonly<Record<string, Vectors>>;
  readonly model_params: {
    readonly general: { readonly mm_factor: number; readonly buckets_count: number };
    readonly currency: { readonly eth: Readonly<Record<string, number>> };
    readonly currency_pair: { readonly eth_usd: { readonly price_range: number } };
  };
}
interface Vectors {
  readonly standard: readonly number[];
  readonly extended: readonly number[];
}

const present = existsSync(published);
describe.skipIf(!present)(
  "the published simulation (skipped where ../shared/data/clearing is absent)",
  () => {
    const answer = present
      ? (JSON.parse(readFileSync(published, "utf8")) as Answer)
      : (null as unknown as Answer);
    const symbol = "ETH-PERPETUAL";

    /** One millionth of an ETH of an inverse perpetual, long, at the moves of the published price range. */
    function bookOf(quantityEth: number): object {
      const { general, currency_pair } = answer.model_params;
      const steps = general.buckets_count;
      const moves = Array.from(
        { length: 2 * steps + 1 },
        (_, k) => (currency_pair.eth_usd.price_range * (k - steps)) / steps,
      );
      const standard = moves.flatMap((m) => Array.from({ length: 3 }, () => (1 - 1 / (1 + m)) * 1000));
      // As the dampener leaves it: nothing below a loss of so many USD.
      const dampener = answer.model_params.currency.eth["extended_dampener"] ?? Number.NaN;
      const lossUsd = Math.abs(quantityEth * (1 - 1 / 0.82)) * answer.index_price.eth_usd;
      expect(lossUsd).toBeLessThan(dampener);
      const values = [...standard, ...Array.from({ length: 8 }, () => 0)];
      const profits = (of: readonly number[]) => Object.fromEntries(of.map((p, s) => [`p${s + 1}`, p]));
      const common = { close: 1000, product_group: "eth", minimum: 0 };
      const flat = values.map(() => 0);
      return {
        asOf: "2026-02-15T00:00:00Z",
        underlyings: [
          { symbol, price: 1000, class_group: "eth_eth" },
          { symbol: "USD-CASH", price: 1e-6, class_group: "usd_eth" },
        ],
        theoretical: [
          { symbol, ...common, class_group: "eth_eth", ...profits(values) },
          { symbol: "USD-CASH", ...common, close: 1e-6, class_group: "usd_eth", ...profits(flat) },
        ],
        // A second class group, of next to no value and without profit or loss: the gain of a lone one is not reduced.
        positions: [
          { account: "A", symbol, quantity: Number((quantityEth * 1e6).toFixed(3)) },
          { account: "A", symbol: "USD-CASH", quantity: 1 },
        ],
      };
    }

    test("every scenario before and after the offset, and the margins, to 1e-9 ETH", () => {
      const quantity = answer.portfolio.position[symbol] ?? Number.NaN;
      const result = engine.margin(bookOf(quantity), { rules });
      expect(result.failures).toEqual([]);
      const [account] = result.accounts;
      const product = account?.portfolioGroups[0]?.productGroups[0];
      const own = product?.classGroups.find(({ id }) => id === "eth_eth");
      closeTo(own?.profitUsd.slice(0, 27) ?? [], answer.initial_risk_vectors[symbol]!.standard);
      expect(product?.offset).toBe(answer.model_params.currency.eth["pnl_offset"]);
      const { standard, extended } = answer.aggregated_risk_vectors["eth_eth"]!;
      closeTo(product?.profitUsd ?? [], [...standard, ...extended]);
      const details = answer.margins.eth.initial_margin_details;
      const { worst_case, roll_shock } = details.risk_matrix_margin_details;
      closeTo([account?.portfolioGroups[0]?.scanLossUsd ?? Number.NaN], [worst_case]);
      const margin = account?.requirementUsd ?? Number.NaN;
      closeTo([account?.houseTests?.[0]?.addedUsd ?? Number.NaN], [roll_shock]);
      closeTo([margin], [details.risk_matrix_margin]);
      closeTo([margin * answer.model_params.general.mm_factor], [answer.margins.eth.maintenance_margin]);
    });

    test("the figures typed above are the published ones", () => {
      const details = answer.margins.eth.initial_margin_details;
      expect(details.risk_matrix_margin).toBe(initialMargin);
      expect(details.risk_matrix_margin_details).toMatchObject({
        worst_case: worstCase,
        roll_shock: rollShock,
      });
      expect(answer.margins.eth.maintenance_margin).toBe(maintenanceMargin);
    });
  },
);
