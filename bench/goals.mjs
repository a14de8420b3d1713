// The goals, each with what a run measured: lower quartiles, or ratios of them; whole runs of the command by the median.
import { duration } from "./report.mjs";

const q25 = (result, name, row) => result.cases[name]?.rows.find((r) => r.name.startsWith(row))?.q25;

/** How many times as long `slow` takes as `fast`. */
const times = (name, fast, slow) => (result) => q25(result, name, slow) / q25(result, name, fast);
const seconds = (name, row) => (result) => q25(result, name, row);
const scaling = (key) => (result) => result.cases.threads?.scaling[key];

const book = (key) => (result) => result.cases.books?.books[key];

const inPlace = "placed options, asked again in place";

/** `least`: at least so much is required; otherwise at most. */
const goals = [
  [
    "European cell: times as fast as @uqee/black-scholes in double",
    13,
    18,
    times("european", "kernel", "@uqee"),
    "least",
  ],
  [
    "European cell: times as fast as plain JavaScript, naive",
    9,
    12,
    times("european", "kernel", "plain JavaScript, naive"),
    "least",
  ],
  [
    "European cell: times as fast as scalar C++ -O3, hoisted",
    2,
    2.4,
    times("european", "kernel", "C++ scalar -O3, hoisted"),
    "least",
  ],
  [
    "European cell: at most this many times hand-written AVX2",
    2.4,
    2.1,
    times("european", "C++ AVX2", "kernel"),
  ],
  ["American grid in a chain", 15e-6, 7e-6, seconds("american", inPlace)],
  [
    "American grid: times as fast as QuantLib QdFp fast, per cell",
    40,
    100,
    times("american", inPlace, "QuantLib"),
    "least",
  ],
  ["cash-dividend grid", 200e-6, 100e-6, seconds("dividends", inPlace)],
  [
    "cash-dividend grid: times as fast as QuantLib finite differences",
    200,
    500,
    times("dividends", inPlace, "QuantLib"),
    "least",
  ],
  ["implied volatility, European", 600e-9, null, seconds("implied-european", inPlace)],
  ["implied volatility, American in a chain", 40e-6, null, seconds("implied-american", "Valuation")],
  [
    "two workers against one, pricing, slices of the pool's workers by q10",
    1.85,
    1.95,
    scaling("byQ10"),
    "least",
  ],
  [
    "two workers against one, pricing, wall clock of the pool's workers",
    1.85,
    1.95,
    scaling("byWall"),
    "least",
  ],
  ["a million accounts, 29 million positions, Parquet to Parquet, seconds", 20, 10, book("large")],
  ["  of it valuation and netting, seconds", 1.5, 0.8, book("kernel")],
  [
    "  of it valuation and netting, with all that prepares them, seconds",
    1.5,
    0.8,
    book("valuationAndNetting"),
  ],
  ["  of it memory, MB", 4000, null, book("megabytes")],
  ["a thousand accounts from the shell, seconds", 0.5, null, book("small")],
  [
    "gather of thirty scenarios: bytes read, part of the speed of reading memory in order",
    0.6,
    null,
    book("ofMemory"),
    "least",
  ],
  ["  of reading a buffer of 5 MB, which a cache holds", 0.6, 0.8, book("ofCache"), "least"],
  ...["ten", "thirty"].map((scenarios) => [
    `netting, ${scenarios} scenarios: bytes read, part of the speed of reading memory in order`,
    0.6,
    null,
    (result) => book("netting")(result)?.[scenarios],
    "least",
  ]),
  [
    "gather of thirty scenarios, by class group: times as fast as by account, contracts in no order",
    5,
    8,
    book("gather"),
    "least",
  ],
  ["whole book: times as fast as valuing each position", 15, null, book("perBook"), "least"],
  [
    "two workers against one, netting, slices of the pool's workers by q10",
    1.7,
    1.9,
    (result) => book("workers")(result)?.byQ10,
    "least",
  ],
  [
    "two workers against one, netting, wall clock of the pool's workers",
    1.7,
    1.9,
    (result) => book("workers")(result)?.byWall,
    "least",
  ],
];

function shown(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  return value < 1e-2 ? duration(value) : String(Number(value.toPrecision(3)));
}

function verdict(measured, required, wanted, least) {
  if (!(measured > 0)) return "not measured";
  const reaches = (goal) => goal !== null && (least ? measured >= goal : measured <= goal);
  if (reaches(wanted)) return "goal met";
  return reaches(required) ? "required met" : "MISSED";
}

/** A Markdown table of the goals. */
export function goalsTable(result) {
  const rows = goals.map(([name, required, wanted, measure, least]) => {
    const measured = measure(result);
    return [
      name,
      shown(required),
      shown(wanted),
      shown(measured),
      verdict(measured, required, wanted, least),
    ];
  });
  const row = (values) => `| ${values.join(" | ")} |`;
  return [
    row(["goal", "required", "wanted", "measured", ""]),
    row(["---", "---:", "---:", "---:", "---"]),
    ...rows.map(row),
  ].join("\n");
}
