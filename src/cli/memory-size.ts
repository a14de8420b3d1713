import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `4GB`, `800M`, or bytes. */
export function memorySize(text: string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(text) ?? [];
  const bytes = Number(digits) * (units[unit.toUpperCase()] ?? Number.NaN);
  if (!(bytes >= 1e9)) throw new InvalidArgumentError("Expected a size of at least 1GB, like 4GB.");
  return bytes;
}
