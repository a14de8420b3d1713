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

function lines({ rows, errors, missing = [], scaling }, row) {
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
    ...(scaling
      ? [
          row([
            `two against one: ${scaling.byQ10.toFixed(2)} by q10, ${scaling.byQ25.toFixed(2)} by q25, ` +
              `${scaling.byMedian.toFixed(2)} by median, ${scaling.byWall.toFixed(2)} by wall clock; both inside a short slice at once: ` +
              `${(100 * scaling.simultaneous).toFixed(0)} % of slices`,
            "",
            "",
            "",
            "",
            "",
            "",
            "",
          ]),
        ]
      : []),
  ];
}

const head = (unit) => [`per ${unit}`, "median", "q10", "q25", "MAD", "ratio", "error", "slices"];

export function text(result) {
  const row = ([name, ...rest]) => `  ${name.padEnd(50)}${rest.map((x) => x.padStart(10)).join("")}`;
  const named = new Set(result.rows.map((r) => r.name));
  const checks = Object.entries(result.errors).filter(([name]) => !named.has(name));
  return [
    result.title,
    row(head(result.unit)),
    ...lines(result, row),
    ...checks.map(([name, error]) => `  checked: ${name}: ${error.toExponential(1)}`),
    "",
  ].join("\n");
}

export function markdown(result) {
  const row = (values) => `| ${values.join(" | ")} |`;
  const parts = Object.values(result.cases).flatMap((one) => {
    const named = new Set(one.rows.map((r) => r.name));
    const checks = Object.entries(one.errors).filter(([name]) => !named.has(name));
    return [
      `### ${one.title}`,
      "",
      row(head(one.unit)),
      row(["---", ...Array(7).fill("---:")]),
      ...lines(one, row),
      "",
      ...checks.map(([name, error]) => `- checked: ${name}: ${error.toExponential(1)}`),
      ...(checks.length > 0 ? [""] : []),
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
