import { sha256 } from "../../basics/sha256.js";

/**
 * The canonical form of a JSON value (RFC 8785): keys of every object in the order of their UTF-16 code units, no blanks,
 * numbers in the shortest form that reads back to the same double (ECMAScript's), -0 as 0.
 *
 * @throws TypeError for what JSON cannot say: NaN, infinities, undefined.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
    return JSON.stringify(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`${typeof value} has no canonical form`);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(",")}}`;
}

/** SHA-256 of the canonical form in UTF-8, hexadecimal. */
export function canonicalHash(value: unknown): string {
  return sha256().update(canonicalJson(value), "utf8").digest("hex");
}
