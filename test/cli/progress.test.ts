import { Writable } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bookProgress } from "../../src/cli/progress.js";

function stream(isTTY: boolean): { written: () => string; stream: NodeJS.WriteStream } {
  const parts: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk.toString());
      done();
    },
  });
  const fake = Object.assign(sink, { isTTY, columns: 80 });
  return { written: () => parts.join(""), stream: fake as unknown as NodeJS.WriteStream };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("nothing where the stream is no terminal", () => {
  const { written, stream: quiet } = stream(false);
  const progress = bookProgress(quiet);
  progress.step({ name: "net", done: 1, of: 2 });
  progress.stop();
  expect(written()).toBe("");
});

test("step, rate and time left run on a terminal, which stays as it was", () => {
  const { written, stream: terminal } = stream(true);
  const progress = bookProgress(terminal);
  progress.step({ name: "read tables", done: 0, of: 1, rows: 2e6 });
  vi.advanceTimersByTime(2500);
  expect(written()).toMatch(/ 0% \| read tables\S*$/);
  // A quarter of the run took 2.5 s: 10 s in all, 7.5 left.
  progress.step({ name: "value contracts", done: 0, of: 1, rows: 2e6 });
  expect(written()).toMatch(/ 25% \| value contracts \| 200k rows\/s \| 8s left\S*$/);
  vi.advanceTimersByTime(3000);
  expect(written()).toMatch(/ \| 5s left\S*$/);
  vi.advanceTimersByTime(60_000);
  expect(written()).toMatch(/ \| 0s left\S*$/);
  progress.step({ name: "net", done: 1, of: 2 });
  expect(written()).toMatch(/ net \| \d+k rows\/s \| \d+s left\S*$/);
  progress.stop();
  const before = written();
  progress.step({ name: "write", done: 0, of: 1 });
  expect(written()).toBe(before);
  // Neither the cursor nor the wrapping of lines is switched: nobody could switch it back after a kill.
  expect(written()).not.toContain("\u001B[?");
});

test.each([
  [{ stores: false }, 95],
  [{ stores: true }, 76],
])("room for the store where there is one: %o", (asked, percent) => {
  const { written, stream: terminal } = stream(true);
  const progress = bookProgress(terminal, asked);
  vi.advanceTimersByTime(1000);
  progress.step({ name: "write", done: 0, of: 1 });
  expect(written()).toContain(`${percent}% | write`);
  progress.stop();
});

test("time left of a step that tells its parts goes by them, whatever came before", () => {
  const { written, stream: terminal } = stream(true);
  const progress = bookProgress(terminal);
  progress.step({ name: "read positions", done: 0, of: 1, rows: 1e6 });
  vi.advanceTimersByTime(4000);
  progress.step({ name: "net", done: 0, of: 2, part: 0 });
  vi.advanceTimersByTime(10_000);
  // Half of the first of two blocks took 10 s: 40 s for both, after the 4 s before.
  progress.step({ name: "net", done: 0, of: 2, part: 0.5 });
  vi.advanceTimersByTime(200);
  expect(written()).toMatch(/ net \| 23k rows\/s \| 30s left\S*$/);
  vi.advanceTimersByTime(14_800);
  progress.step({ name: "read positions", done: 1, of: 2 });
  vi.advanceTimersByTime(200);
  expect(written()).toMatch(/ read positions \| 23k rows\/s \| 15s left\S*$/);
  progress.stop();
});
