/** Writes SPAN risk parameter files as the published schema of format 4.00 has them, element by element in its order. */

export interface WrittenOption {
  readonly id: number;
  readonly right: "C" | "P";
  readonly strike: number | string;
  readonly price: number | string;
  readonly volatility?: number;
  readonly losses: readonly (number | string)[];
  readonly delta?: number | string;
}

export interface WrittenFile {
  readonly exchange?: string;
  readonly linkExchange?: string;
  readonly underlyingExchange?: string;
  readonly code?: string;
  readonly valueFactor?: number;
  readonly exercise?: string;
  readonly spot?: number;
  readonly future?: { readonly price: number; readonly losses: readonly number[] };
  readonly priceScan?: number;
  readonly volScan?: number;
  readonly riskExponent?: number;
  readonly period?: string;
  readonly settlement?: string;
  readonly options: readonly WrittenOption[];
  /** Rates each contract has an array for; the first is the file's. */
  readonly rates?: readonly number[];
  /** Left out, the sixteen. */
  readonly points?: readonly (readonly [
    mult: number,
    numerator: number,
    denominator: number,
    volatility: number,
    weight: number,
  ])[];
}

export const sixteen: NonNullable<WrittenFile["points"]> = [
  ...[0, 1, -1, 2, -2, 3, -3].flatMap((k) => [[1, k, 3, 1, 1] as const, [1, k, 3, -1, 1] as const]),
  [2, 1, 1, 0, 0.35],
  [-2, 1, 1, 0, 0.35],
];

function element(name: string, ...content: readonly (string | number)[]): string {
  return `<${name}>${content.join("")}</${name}>\n`;
}

function pointDefs(file: WrittenFile, rate: number): string {
  const points = (file.points ?? sixteen).map(([mult, numerator, denominator, volatility, weight], k) =>
    element(
      "scanPointDef",
      element("point", k + 1),
      element(
        "priceScanDef",
        element("mult", mult),
        element("numerator", numerator),
        element("denominator", denominator),
      ),
      element("volScanDef", element("mult", volatility), element("numerator", 1), element("denominator", 1)),
      element("weight", weight),
      element("pairedPoint", k % 2 === 0 ? k + 2 : k),
    ),
  );
  return element("pointDef", element("r", rate), ...points);
}

function arrays(file: WrittenFile, losses: readonly (number | string)[], delta: number | string): string {
  return (file.rates ?? [1])
    .map((rate, k) =>
      element(
        "ra",
        element("r", rate),
        ...losses.map((loss) => element("a", k === 0 ? loss : 0)),
        element("d", delta),
      ),
    )
    .join("");
}

function scanRates(file: WrittenFile): string {
  return element(
    "scanRate",
    element("r", (file.rates ?? [1])[0] ?? 1),
    element("priceScan", file.priceScan ?? 300),
    element("priceScanPct", 0),
    element("volScan", file.volScan ?? 0.04),
    element("volScanPct", 0),
  );
}

function families(file: WrittenFile): string {
  const { exchange = "XNY", code = "XYZ", valueFactor = 1, spot = 100 } = file;
  const head = (id: number): string => element("pfId", id) + element("pfCode", code) + element("name", code);
  const money = element("currency", "USD") + element("cvf", valueFactor);
  const under = element(
    "undC",
    element("exch", file.underlyingExchange ?? exchange),
    element("pfId", 1),
    element("cId", 1),
    element("s", "S"),
    element("i", 1),
  );
  const undPf = element(
    "undPf",
    element("exch", exchange),
    element("pfId", 1),
    element("s", "S"),
    element("i", 1),
  );
  const physical = element(
    "phyPf",
    head(1),
    money,
    element("valueMeth", "EQTY"),
    element("phy", element("cId", 1), element("p", spot), element("d", 1)),
  );
  const future =
    file.future === undefined
      ? ""
      : element(
          "futPf",
          head(2),
          money,
          element("valueMeth", "FUT"),
          undPf,
          element(
            "fut",
            element("cId", 1),
            element("pe", "202612"),
            element("p", file.future.price),
            element("d", 1),
            element("setlDate", "20261218"),
            under,
            scanRates(file),
            arrays(file, file.future.losses, 1),
          ),
        );
  const options = file.options.map((option) =>
    element(
      "opt",
      element("cId", option.id),
      element("o", option.right),
      element("k", option.strike),
      element("p", option.price),
      element("d", option.delta ?? 0.5),
      ...(option.volatility === undefined ? [] : [element("v", option.volatility)]),
      arrays(file, option.losses, option.delta ?? 0.5),
    ),
  );
  const family = element(
    "oopPf",
    head(3),
    element("exercise", file.exercise ?? "EURO"),
    money,
    element("cab", 0),
    element("valueMeth", "EQTY"),
    element("priceModel", "BS"),
    undPf,
    element(
      "series",
      element("pe", file.period ?? "20261218"),
      element("v", 0.2),
      ...(file.settlement === undefined ? [] : [element("setlDate", file.settlement)]),
      element("t", 0.1),
      element("sc", 1),
      under,
      element("intrRate", element("val", 4), element("rl", 0), element("cpm", 0), element("exm", 12)),
      scanRates(file),
      ...options,
    ),
  );
  return physical + future + family;
}

/** The file as text. */
export function spanText(file: WrittenFile): string {
  const { exchange = "XNY" } = file;
  const link = (id: number, type: string): string =>
    element(
      "pfLink",
      element("exch", file.linkExchange ?? exchange),
      element("pfId", id),
      element("pfCode", file.code ?? "XYZ"),
      element("pfType", type),
      element("sc", 1),
    );
  const organisation = element(
    "clearingOrg",
    element("ec", "PLM"),
    element("name", "written by a test"),
    element("finalizeMeth", "NONE"),
    element("lookAheadDays", 0),
    ...(file.rates ?? [1]).map((rate) => pointDefs(file, rate)),
    element("exchange", element("exch", exchange), element("name", "an exchange"), families(file)),
    element(
      "ccDef",
      element("cc", "XYZ-CC"),
      element("name", "all of XYZ"),
      element("currency", "USD"),
      ...(file.riskExponent === undefined ? [] : [element("riskExponent", file.riskExponent)]),
      link(1, "PHY"),
      link(2, "FUT"),
      link(3, "OOP"),
    ),
  );
  const body = element(
    "spanFile",
    element("fileFormat", "4.00"),
    element("created", "202611201700"),
    element(
      "definitions",
      element(
        "currencyDef",
        element("currency", "USD"),
        element("symbol", "$"),
        element("name", "US dollar"),
        element("decimalPos", 2),
      ),
      element(
        "acctTypeDef",
        element("isCust", 1),
        element("acctType", "S"),
        element("isNetMargin", 1),
        element("priority", 1),
      ),
    ),
    element(
      "pointInTime",
      element("date", "20261120"),
      element("isSetl", 1),
      element("setlQualifier", "final"),
      organisation,
    ),
  );
  return `<?xml version="1.0"?>\n${body}`;
}
