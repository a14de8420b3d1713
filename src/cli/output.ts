import { renameSync, rmSync, writeFileSync } from "node:fs";
import { describeFailure, type Failure, failure, MarginError } from "../basics/failure.js";

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
    process.stdout.write(whole);
    return;
  }
  const temporary = `${out}.partial`;
  try {
    writeFileSync(temporary, whole);
    renameSync(temporary, out);
  } catch (error) {
    rmSync(temporary, { force: true });
    const expected = error instanceof Error ? `a file that can be written: ${error.message}` : null;
    throw new MarginError([failure("FILE_UNWRITABLE", { file: out, value: out, expected })]);
  }
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
