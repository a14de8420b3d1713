import { fstatSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describeFailure, type Failure, failure, MarginError } from "../basics/failure.js";
import { arrowBytes, type OutColumn, writeParquet } from "../tables/write-columns.js";
import { orUndone, orUndoneAtOnce } from "./interrupt.js";

/** 0 done; 1 done, some rows not used; 2 wrong use or nothing usable; 3 internal error. */
export type ExitCode = 0 | 1 | 2 | 3;

/**
 * Writes a result to standard output, or to a file under a temporary name that is renamed when it is whole.
 * A reader that stops early (`| head`) is not an error.
 *
 * @throws MarginError `FILE_UNWRITABLE`; the temporary file is gone then.
 */
export function writeResult(text: string, out: string | undefined): void {
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  if (out === undefined) {
    printText(whole);
    return;
  }
  const temporary = partialName(out);
  orUndoneAtOnce(
    () => removePartial(out),
    () => {
      try {
        writeFileSync(temporary, whole);
        if (temporary !== out) renameSync(temporary, out);
      } catch (error) {
        removePartial(out);
        throw unwritable(out, error);
      }
    },
  );
}

/**
 * Writes text to standard output.
 *
 * @throws MarginError `FILE_UNWRITABLE` where it is a file that cannot take the whole: of a part that does not fit, Node's own
 *   stream writes to a file what does and says nothing.
 */
export function printText(text: string): void {
  if (!fstatSync(1).isFile()) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(1, text);
  } catch (error) {
    throw unwritable("standard output", error);
  }
}

/**
 * Writes a file that takes a while under a temporary name that is renamed when it is whole.
 *
 * @throws MarginError `FILE_UNWRITABLE`, and what `write` throws as such; the temporary file is gone then, and where the program is
 *   interrupted.
 */
export async function writeWhole(
  out: string,
  write: (temporary: string) => Promise<void> | void,
): Promise<void> {
  const temporary = partialName(out);
  await orUndone(
    () => removePartial(out),
    async () => {
      try {
        await write(temporary);
        if (temporary !== out) renameSync(temporary, out);
      } catch (error) {
        removePartial(out);
        throw error instanceof MarginError ? error : unwritable(out, error);
      }
    },
  );
}

/** Writes columns as a file of a format of its own bytes. @throws MarginError as {@link writeWhole}, `PACKAGE_MISSING`. */
export async function writeTable(
  format: "parquet" | "arrow",
  out: string,
  columns: readonly OutColumn[],
): Promise<void> {
  if (format === "parquet") return writeWhole(out, (temporary) => writeParquet(temporary, columns));
  // Made before a file is begun: the main thread is busy with it, and a signal ends the program at once.
  const bytes = await arrowBytes(columns);
  await writeWhole(out, (temporary) => {
    writeFileSync(temporary, bytes);
  });
}

/** A device or a pipe is written as it is: a file put in its place would end it. */
function partialName(out: string): string {
  const found = statSync(out, { throwIfNoEntry: false });
  const isStream = found !== undefined && !found.isFile() && !found.isDirectory();
  return isStream ? out : `${out}.partial`;
}

function removePartial(out: string): void {
  const temporary = partialName(out);
  if (temporary !== out) rmSync(temporary, { force: true });
}

function unwritable(out: string, error: unknown): MarginError {
  const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
  const expected = why === "" ? null : `a file that can be written: ${why}`;
  return new MarginError([failure("FILE_UNWRITABLE", { file: out, value: out, expected })]);
}

/** Failures go to standard error, a line each, where the result itself does not show them. */
export function writeFailures(failures: readonly Failure[]): void {
  for (const item of failures) process.stderr.write(`${item.code}  ${describeFailure(item)}\n`);
}

export function exitCodeOf(failures: readonly Failure[]): ExitCode {
  return failures.length === 0 ? 0 : 1;
}

/** Runs a command; what it throws becomes lines on standard error and an exit code, never a stack trace alone. */
export async function guarded(run: () => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (error instanceof MarginError) {
      writeFailures(error.failures);
      process.exitCode = 2;
      return;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`INTERNAL  something went wrong inside Plimsoll: ${text}\n`);
    process.exitCode = 3;
  }
}
