import { Presets, SingleBar } from "cli-progress";
import type { BookStep } from "../books/request.js";

/** Shares of the time of a run of a million accounts, by step, in the order in which they come. */
const shares = [
  ["read tables", 0.25],
  ["value contracts", 0.15],
  ["read positions", 0.35],
  ["net", 0.2],
  ["write", 0.05],
] as const;

export interface BookProgress {
  readonly step: (step: BookStep) => void;
  readonly stop: () => void;
}

/** A bar with the step, what is done and the time left; nothing where the stream is no terminal. */
export function bookProgress(stream: NodeJS.WriteStream): BookProgress {
  if (!stream.isTTY) return { step: () => null, stop: () => null };
  const format = "{bar} {percentage}% | {step} | {eta_formatted} left";
  const bar = new SingleBar(
    { stream, format, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(1000, 0, { step: "start" });
  return {
    step: (step) => {
      bar.update(Math.round(1000 * doneBefore(step)), { step: step.name });
    },
    stop: () => {
      bar.stop();
    },
  };
}

function shareOf(wanted: string): number {
  return shares.find(([name]) => name === wanted)?.[1] ?? 0;
}

/** Part of a run that is over when a step begins. Reading and netting take turns, block by block. */
function doneBefore({ name, done, of }: BookStep): number {
  const perBlock = shareOf("read positions") + shareOf("net");
  const before = shareOf("read tables") + shareOf("value contracts");
  if (name === "read tables") return 0;
  if (name === "value contracts") return shareOf("read tables");
  if (name === "write") return before + perBlock;
  const within = name === "net" ? shareOf("read positions") / perBlock : 0;
  return before + (perBlock * (done + within)) / of;
}
