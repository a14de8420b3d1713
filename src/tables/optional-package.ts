import { failure, MarginError } from "../basics/failure.js";

/**
 * Loads an optional package when it is first needed.
 *
 * @throws MarginError `PACKAGE_MISSING` with its name where it is not installed.
 */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const expected = error instanceof Error ? (error.message.split("\n")[0] ?? null) : null;
    throw new MarginError([failure("PACKAGE_MISSING", { value: name, expected })]);
  }
}
