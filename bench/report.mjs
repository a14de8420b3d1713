// Results as text, as Markdown, and two of them compared.

const scale = [
  [1e-6, 1e9, "ns"],
  [1e-3, 1e6, "µs"],
  [1, 1e3, "ms"],
  [Infinity, 1, "s"],
];

export function duration(seconds) {
  const [, factor, unit] = scale.find(([limit]) => seconds < limit);
  return `${(seconds * factor).toPrecision(3)} ${unit}`;
}

/** Times as long as the first row, by the lower quartile, which load moves least. */
const ratio = (row, rows) => (row.q25 / rows[0].q25).toPrecision(3);

function lines({ rows, errors, missing = [] }, row) {
  return [
    ...rows.map((r) =>
      row([
        r.note ? `${r.name} (${r.note})` : r.name,
        duration(r.median),
        duration(r.q10),
        duration(r.q25),
        duration(r.mad),
        `${ratio(r, rows)}`,
        errors[r.name] === undefined ? "" : errors[r.name].toExponential(1),
        `${r.samples}`,
      ]),
    ),
    ...missing.map((why) => row([why, "not run", "", "", "", "", "", ""])),
  ];
}

/** What stands under a table: checks that belong to no row, and what the case says besides. */
function remarks({ rows, errors, facts = [] }) {
  const named = new Set(rows.map((r) => r.name));
  const checks = Object.entries(errors).filter(([name]) => !named.has(name));
  return [...checks.map(([name, error]) => `checked: ${name}: ${error.toExponential(1)}`), ...facts];
}

const head = (unit) => [`per ${unit}`, "median", "q10", "q25", "MAD", "ratio", "error", "slices"];

export function text(result) {
  const row = ([name, ...rest]) => `  ${name.padEnd(50)}${rest.map((x) => x.padStart(10)).join("")}`;
  return [
    result.title,
    row(head(result.unit)),
    ...lines(result, row),
    ...remarks(result).map((remark) => `  ${remark}`),
    "",
  ].join("\n");
}

export function markdown(result) {
  const row = (values) => `| ${values.join(" | ")} |`;
  const parts = Object.values(result.cases).flatMap((one) => {
    const bullets = remarks(one).map((remark) => `- ${remark}`);
    return [
      `### ${one.title}`,
      "",
      row(head(one.unit)),
      row(["---", ...Array(7).fill("---:")]),
      ...lines(one, row),
      "",
      ...bullets,
      ...(bullets.length > 0 ? [""] : []),
    ];
  });
  const facts =
    `Node ${result.node}, V8 ${result.v8}, ${result.cpu}, ${result.cores} cores, load ${result.loadBefore[0]} before and ` +
    `${result.loadAfter[0]} after, commit ${result.commit}, kernel ${result.kernelSha256.slice(0, 16)}, ${result.time}.`;
  return `${facts}\n\n${parts.join("\n").trimEnd()}\n`;
}

/** A change only where the 95 % intervals of the medians are apart. */
export function compareText(a, b) {
  const found = [
    `${a.commit} (kernel ${a.kernelSha256.slice(0, 8)}) -> ${b.commit} (kernel ${b.kernelSha256.slice(0, 8)})`,
  ];
  for (const [name, before] of Object.entries(a.cases)) {
    for (const row of before.rows) {
      const other = b.cases[name]?.rows.find((r) => r.name === row.name);
      if (!other) continue;
      const apart = row.interval[1] < other.interval[0] || other.interval[1] < row.interval[0];
      const change = `${((other.median / row.median - 1) * 100).toFixed(1)} %`;
      const verdict = apart ? (other.median < row.median ? "faster" : "slower") : "no change";
      found.push(
        `${name}: ${row.name}: ${duration(row.median)} -> ${duration(other.median)} (${change}) ${verdict}`,
      );
    }
  }
  return found.join("\n");
}
