import type { HouseRules } from "./house-schema.js";

type Path = (string | number)[];
type Issue = { path: Path; message: string };

interface Cited {
  readonly sources: Readonly<Record<string, string>>;
  readonly houseRules?: HouseRules | undefined;
}

/** What one entry of the house rules alone cannot show: sources, series and regimes exist, ids stand once, days are in order. */
export function houseIssues({ sources, houseRules: house }: Cited): Issue[] {
  if (house === undefined) return [];
  return [
    ...citedIn(house, ["houseRules"]).flatMap(({ path, source }) =>
      source in sources
        ? []
        : [{ path: [...path, "source"], message: `expected a key of sources, found ${source}` }],
    ),
    ...repeats(house, "tests"),
    ...repeats(house, "regimes"),
    ...repeats(house, "series"),
    ...regimeIssues(house),
    ...house.series.flatMap((series, i) => dayIssues(series.values, ["houseRules", "series", i, "values"])),
  ];
}

/** Every entry that names a source, wherever it stands. */
function citedIn(node: unknown, path: Path): { path: Path; source: string }[] {
  if (Array.isArray(node)) return node.flatMap((item, i) => citedIn(item, [...path, i]));
  if (node === null || typeof node !== "object") return [];
  const own = "source" in node && typeof node.source === "string" ? [{ path, source: node.source }] : [];
  return [...own, ...Object.entries(node).flatMap(([key, value]) => citedIn(value, [...path, key]))];
}

function repeats(house: HouseRules, list: "tests" | "regimes" | "series"): Issue[] {
  const ids = house[list].map((entry) => entry.id);
  return ids.flatMap((id, i) =>
    ids.indexOf(id) < i
      ? [{ path: ["houseRules", list, i, "id"], message: `expected each id once, found ${id} again` }]
      : [],
  );
}

function regimeIssues({ regimes, series, tests }: HouseRules): Issue[] {
  const known = new Map(
    regimes.map(({ id, start, changes }) => [id, new Set([start, ...changes.map(({ to }) => to)])]),
  );
  const stateIssue = (regime: string, state: string | undefined, path: Path): Issue[] => {
    const states = known.get(regime);
    if (state === undefined || states === undefined || states.has(state)) return [];
    return [{ path: ["houseRules", ...path], message: `expected one of ${[...states].join(", ")}` }];
  };
  return [
    ...regimes.flatMap((regime, i): Issue[] => [
      ...(series.some(({ id }) => id === regime.series)
        ? []
        : [{ path: ["houseRules", "regimes", i, "series"], message: "expected the id of a series" }]),
      ...stateIssue(regime.id, regime.assumed, ["regimes", i, "assumed"]),
    ]),
    ...tests.flatMap(({ when }, i): Issue[] => {
      if (when === undefined) return [];
      const path = ["tests", i, "when"];
      if (known.has(when.regime)) return stateIssue(when.regime, when.is, [...path, "is"]);
      return [{ path: ["houseRules", ...path, "regime"], message: "expected the id of a regime" }];
    }),
  ];
}

function dayIssues(values: readonly { date: string }[], path: Path): Issue[] {
  return values.flatMap(({ date }, i) =>
    i > 0 && date <= (values[i - 1]?.date ?? "")
      ? [{ path: [...path, i, "date"], message: "expected days in ascending order, each once" }]
      : [],
  );
}
