/** A number as a broker prints it. */
export interface Amount {
  readonly value: number;
  /** Half a unit of the last digit that is printed: the number behind it lies so far away at most. */
  readonly halfUnit: number;
}

const nothing = new Set(["", "--", "-", "n/a", "na", "incomplete", "<empty>"]);
const digits = /^(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d*))?$/;

/**
 * Reads an amount: `$1,234.50`, `-$5`, `$-5`, `+2`, `(1,234.00)`, `.5`, `1e-5`. Commas group by threes and nothing else.
 *
 * @returns `null` where the cell says that there is nothing (empty, `--`, `N/A`, `Incomplete`), `undefined` where it cannot
 *   be read: a comma as decimal point, a per cent sign, `116'10` of a bond future, `< 1`.
 */
export function readAmount(text: string): Amount | null | undefined {
  const trimmed = text.trim();
  if (nothing.has(trimmed.toLowerCase())) return null;
  const inside = /^\((.*)\)$/.exec(trimmed)?.[1];
  const unsigned = /^([+-]?)\$?([+-]?)(.*)$/.exec((inside ?? trimmed).replace("\u2212", "-"));
  const [first = "", second = "", rest = ""] = unsigned?.slice(1) ?? [];
  const signs = first + second;
  if (signs.length > 1 || (inside !== undefined && signs !== "")) return undefined;
  const isNegative = inside !== undefined || signs === "-";
  const power = /^(\d+(?:\.\d+)?)[eE]([+-]?\d{1,2})$/.exec(rest);
  if (power !== null) return signed(Number(rest), 0, isNegative);
  const found = digits.exec(rest);
  if (found === null || !/\d/.test(rest)) return undefined;
  const decimals = found[1]?.length ?? 0;
  return signed(
    Number(rest.replaceAll(",", "")),
    decimals === 0 ? 0 : Number(`5e-${decimals + 1}`),
    isNegative,
  );
}

/** A whole amount (`100`) is taken as exact: brokers leave zeros out. */
function signed(size: number, halfUnit: number, isNegative: boolean): Amount {
  return { value: isNegative && size !== 0 ? -size : size, halfUnit };
}

/** Quantity × price × multiplier against the value beside it; amounts in USD. */
export interface Product {
  readonly quantity: number;
  readonly multiplier: number;
  /** Price, or the two prices whose difference was gained (the first less the second). */
  readonly prices: readonly Amount[];
  readonly value: number;
}

/** Two cents: brokers round each of the two figures. */
const cents = 0.02;

/**
 * Whether a row agrees with itself: `agrees` within two cents; `rounded` where the difference is no more than the rounding of
 * the printed price explains, |quantity × multiplier| × half a unit of its last digit; `differs` beyond.
 */
export function crossCheck({
  quantity,
  multiplier,
  prices,
  value,
}: Product): "agrees" | "rounded" | "differs" {
  const [price = { value: Number.NaN, halfUnit: 0 }, cost = { value: 0, halfUnit: 0 }] = prices;
  const units = quantity * multiplier;
  const off = Math.abs(units * (price.value - cost.value) - value);
  // What doubles lose, far below a cent.
  const allowed = cents + 1e-12 * Math.abs(value);
  if (off <= allowed) return "agrees";
  return off <= allowed + Math.abs(units) * (price.halfUnit + cost.halfUnit) ? "rounded" : "differs";
}
