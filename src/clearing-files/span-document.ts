import { SaxesParser } from "saxes";
import { failure, MarginError } from "../basics/failure.js";

/** Text of the simple elements of one element, by name; of several with one name the first. */
export type Values = ReadonlyMap<string, string>;

/** A risk array: `ra` of the schema. */
export interface RiskArrayText {
  /** Id of the rate that it belongs to. */
  readonly rate: string;
  /** `a`: loss (+) or gain (-) of one long contract, by scenario. */
  readonly losses: readonly string[];
  /** `d`: composite delta. */
  readonly delta: string | null;
  readonly line: number;
}

/** One contract as the file says it, with what its surroundings say for it. */
export interface ContractText {
  /** Name of its element: `opt`, `fut`, `phy`, `equity`. */
  readonly kind: string;
  readonly line: number;
  readonly exchange: string;
  readonly own: Values;
  readonly family: Values;
  /** Of an option. */
  readonly series: Values | null;
  /** `undC` of an option's series, or of a future. */
  readonly underlying: Values | null;
  readonly arrays: readonly RiskArrayText[];
  /** `scanRate` of the contract or its series. */
  readonly scans: readonly Values[];
}

/** `scanPointDef`: texts of the price and the volatility part, and the weight. */
export interface PointText {
  readonly price: Values;
  readonly volatility: Values;
  readonly weight: string;
}

export interface SpanSink {
  contract(contract: ContractText): void;
  /** `pfLink` of a combined commodity. */
  link(link: {
    readonly exchange: string;
    readonly family: string;
    readonly commodity: Values;
    readonly line: number;
  }): void;
  /** The scenarios of one rate. */
  points(rate: string, points: readonly PointText[]): void;
  exchange(id: string): void;
  pointInTime(values: Values, line: number): void;
}

class Frame {
  readonly values = new Map<string, string>();
  readonly losses: string[] = [];
  readonly arrays: RiskArrayText[] = [];
  readonly scans: Values[] = [];
  readonly points: PointText[] = [];
  readonly parts = new Map<string, Values>();
  text = "";
  hasChildren = false;
  constructor(
    readonly name: string,
    readonly line: number,
  ) {}
}

const contractKinds = new Set(["opt", "fut", "phy", "equity"]);

/**
 * Reads a SPAN risk parameter file (XML) as it comes, chunk by chunk: nothing is kept but the elements that are open. What
 * is complete goes to the sink. The schema puts what belongs to a family or a series before its contracts, so a
 * contract is complete when its element closes.
 *
 * @throws MarginError `CLEARING_SYNTAX` where the file is no XML, ends early or has another root than `spanFile`.
 */
export class SpanDocument {
  readonly #parser: SaxesParser;
  readonly #stack: Frame[] = [];
  readonly #sink: SpanSink;
  readonly #file: string;

  constructor(file: string, sink: SpanSink) {
    this.#file = file;
    this.#sink = sink;
    this.#parser = new SaxesParser({ fileName: file });
    this.#parser.on("error", (error) => {
      throw this.#refused(error.message.replace(/^.*?\d+:\d+: /, ""));
    });
    this.#parser.on("opentag", ({ name }) => this.#open(name));
    this.#parser.on("text", (text) => this.#text(text));
    this.#parser.on("cdata", (text) => this.#text(text));
    this.#parser.on("closetag", () => this.#close());
  }

  write(chunk: string): void {
    this.#parser.write(chunk);
  }

  end(): void {
    this.#parser.close();
  }

  #refused(why: string): MarginError {
    const expected = `a whole SPAN risk parameter file in XML: ${why}`;
    return new MarginError([
      failure("CLEARING_SYNTAX", { file: this.#file, line: this.#parser.line, value: this.#file, expected }),
    ]);
  }

  #open(name: string): void {
    const parent = this.#stack.at(-1);
    if (parent === undefined && name !== "spanFile") throw this.#refused(`the root is ${name}, not spanFile`);
    if (parent !== undefined) parent.hasChildren = true;
    this.#stack.push(new Frame(name, this.#parser.line));
  }

  #text(text: string): void {
    const top = this.#stack.at(-1);
    if (top !== undefined && !top.hasChildren) top.text += text;
  }

  #close(): void {
    const frame = this.#stack.pop();
    const parent = this.#stack.at(-1);
    if (frame === undefined || parent === undefined) return;
    if (frame.hasChildren) this.#closeWhole(frame, parent);
    else this.#closeSimple(frame.name, frame.text.trim(), parent);
  }

  #closeSimple(name: string, text: string, parent: Frame): void {
    if (name === "a") parent.losses.push(text);
    else if (!parent.values.has(name)) parent.values.set(name, text);
    if (name === "exch" && parent.name === "exchange") this.#sink.exchange(text);
    if (name === "isSetl" && parent.name === "pointInTime")
      this.#sink.pointInTime(parent.values, parent.line);
  }

  #closeWhole(frame: Frame, parent: Frame): void {
    const { name, values, line } = frame;
    if (name === "ra") {
      const { losses } = frame;
      parent.arrays.push({ rate: values.get("r") ?? "", losses, delta: values.get("d") ?? null, line });
    } else if (name === "scanRate") parent.scans.push(values);
    else if (name === "undC" || name === "priceScanDef" || name === "volScanDef")
      parent.parts.set(name, values);
    else if (name === "scanPointDef") parent.points.push(pointOf(frame));
    else if (name === "pointDef" && parent.name === "clearingOrg")
      this.#sink.points(values.get("r") ?? "", frame.points);
    else if (name === "pfLink" && parent.name === "ccDef")
      this.#sink.link({
        exchange: values.get("exch") ?? "",
        family: values.get("pfId") ?? "",
        commodity: parent.values,
        line,
      });
    else if (contractKinds.has(name)) this.#closeContract(frame, parent);
  }

  #closeContract(frame: Frame, parent: Frame): void {
    const series = parent.name === "series" ? parent : null;
    const family = series === null ? parent : this.#stack.at(-2);
    const exchange = this.#stack.findLast(({ name }) => name === "exchange");
    this.#sink.contract({
      kind: frame.name,
      line: frame.line,
      exchange: exchange?.values.get("exch") ?? "",
      own: frame.values,
      family: family?.values ?? new Map(),
      series: series?.values ?? null,
      underlying: (series ?? frame).parts.get("undC") ?? null,
      arrays: frame.arrays,
      scans: frame.scans.length > 0 ? frame.scans : (series?.scans ?? []),
    });
  }
}

function pointOf({ parts, values }: Frame): PointText {
  const empty: Values = new Map();
  return {
    price: parts.get("priceScanDef") ?? empty,
    volatility: parts.get("volScanDef") ?? empty,
    weight: values.get("weight") ?? "",
  };
}
