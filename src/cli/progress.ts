import { Presets, SingleBar } from "cli-progress";
import type { BookStep } from "../books/request.js";

type StepName = BookStep["name"];

/** Shares of the time of a run of a million accounts, by step, in the order in which they come. */
const shares: readonly (readonly [StepName, number])[] = [
  ["read tables", 0.25],
  ["value contracts", 0.15],
  ["read positions", 0.35],
  ["order positions", 0.1],
  ["net", 0.1],
  ["write", 0.05],
];
/** And where the positions are read first: all at once. */
const readingFirst: readonly StepName[] = [
  "read positions",
  "read tables",
  "value contracts",
  "order positions",
  "net",
  "write",
];
/** What a store takes besides, where the run is stored. */
const shareOfStore = 0.25;

export interface BookProgress {
  readonly step: (step: BookStep) => void;
  readonly stop: () => void;
}

/** The terminal stays as it is, cursor and all: a run may be ended at any moment, and then nothing puts it back. */
const ofTerminal = { hideCursor: null, linewrap: true, gracefulExit: false, clearOnComplete: true } as const;

/** A bar with the step, the rate and the time left; nothing where the stream is no terminal. */
export function bookProgress(
  stream: NodeJS.WriteStream,
  { stores = false }: { readonly stores?: boolean } = {},
): BookProgress {
  if (!stream.isTTY) return { step: () => null, stop: () => null };
  const whole = stores ? 1 + shareOfStore : 1;
  const pace = new Pace();
  const format = "{bar} {percentage}% | {told}";
  const bar = new SingleBar({ stream, format, ...ofTerminal, barsize: 24 }, Presets.shades_classic);
  // Read again each time the bar is drawn, so that the time left runs down within a step.
  const drawn = {
    get told(): string {
      return pace.told();
    },
  };
  bar.start(1000, 0, drawn);
  let first: StepName | null = null;
  return {
    step: (step) => {
      first ??= step.name;
      const part = (first === "read positions" ? doneAfterReading(step) : doneBefore(step)) / whole;
      pace.step(step, part);
      bar.update(Math.round(1000 * part));
    },
    stop: () => {
      bar.stop();
    },
  };
}

/** How fast a run goes, from the parts of it that are over. */
class Pace {
  readonly #startMs = Date.now();
  #name = "start";
  #rows = 0;
  /** How long the run takes at the pace so far; null before anything is over. */
  #wholeMs: number | null = null;
  /** When a step began that tells its parts; how long those take is not known beforehand. */
  #partsFromMs: number | null = null;

  step({ name, rows, done, of, part: ofStep }: BookStep, part: number): void {
    this.#name = name;
    this.#rows = rows ?? this.#rows;
    const now = Date.now();
    if (ofStep === undefined) {
      if (part > 0 && this.#partsFromMs === null) this.#wholeMs = (now - this.#startMs) / part;
      return;
    }
    this.#partsFromMs ??= now;
    const over = (done + ofStep) / of;
    if (over > 0) this.#wholeMs = this.#partsFromMs - this.#startMs + (now - this.#partsFromMs) / over;
  }

  told(): string {
    if (this.#wholeMs === null) return this.#name;
    const rate = this.#rows > 0 ? ` | ${rounded((1000 * this.#rows) / this.#wholeMs)} rows/s` : "";
    return `${this.#name}${rate} | ${timeText(this.#startMs + this.#wholeMs - Date.now())} left`;
  }
}

function rounded(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}M`;
  return count >= 1e3 ? `${Math.round(count / 1e3)}k` : `${Math.round(count)}`;
}

function timeText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function shareOf(wanted: StepName): number {
  return shares.find(([name]) => name === wanted)?.[1] ?? 0;
}

/** Part of a run, its store aside, that is over when a step is told. Reading, ordering and netting take turns, block by block. */
function doneBefore({ name, done, of, part = 0 }: BookStep): number {
  const readAndOrdered = shareOf("read positions") + shareOf("order positions");
  const perBlock = readAndOrdered + shareOf("net");
  const before = shareOf("read tables") + shareOf("value contracts");
  if (name === "read tables") return 0;
  if (name === "value contracts") return shareOf("read tables");
  if (name === "write") return before + perBlock;
  if (name === "store") return 1;
  const begun = { "read positions": 0, "order positions": shareOf("read positions"), net: readAndOrdered };
  const within = begun[name] + part * shareOf(name);
  return before + (perBlock * done + within) / of;
}

/** As {@link doneBefore}, where the positions are read first. */
function doneAfterReading({ name, part = 0 }: BookStep): number {
  if (name === "store") return 1;
  const before = readingFirst.slice(0, readingFirst.indexOf(name));
  return before.reduce((sum, step) => sum + shareOf(step), 0) + part * shareOf(name);
}
