import { dayOf } from "../basics/dates.js";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** 1 to 12 of an English month's name or its first three letters; `null` otherwise. */
export function monthOf(name: string): number | null {
  const index = months.findIndex((month) => name.toLowerCase().startsWith(month));
  return index < 0 ? null : index + 1;
}

type Part = "year" | "month" | "day";

const forms: readonly { readonly pattern: RegExp; readonly parts: readonly Part[] }[] = [
  { pattern: /^(\d{4})-(\d{1,2})-(\d{1,2})$/, parts: ["year", "month", "day"] },
  { pattern: /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/, parts: ["year", "month", "day"] },
  { pattern: /^(\d{4})(\d{2})(\d{2})$/, parts: ["year", "month", "day"] },
  { pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})$/, parts: ["month", "day", "year"] },
  { pattern: /^([A-Za-z]{3,9})[ -](\d{1,2}),?[ -]'?(\d{4}|\d{2})$/, parts: ["month", "day", "year"] },
  { pattern: /^(\d{1,2}) ?([A-Za-z]{3,9}) ?(\d{4}|\d{2})$/, parts: ["day", "month", "year"] },
];

/**
 * A day as US brokers write it: `2026-01-16`, `20260116`, `01/16/2026`, `1/16/26`, `16JAN26`, `16 JAN 26`, `Jan 16 '26`,
 * `Jan-16-2026`, `January 16, 2026`; years of two digits are 2000 to 2099. Numbers with slashes are month before day, or
 * begin with the year.
 *
 * @returns days since 1970-01-01; `null` where no such day can be read.
 */
export function readDay(text: string): number | null {
  const trimmed = text.trim();
  for (const { pattern, parts } of forms) {
    const found = pattern.exec(trimmed);
    if (found === null) continue;
    const part = (wanted: Part): string => found[parts.indexOf(wanted) + 1] ?? "";
    const year = part("year").length === 2 ? 2000 + Number(part("year")) : Number(part("year"));
    const month = /^\d+$/.test(part("month")) ? Number(part("month")) : monthOf(part("month"));
    return month === null || year < 1900 ? null : dayOf(year, month, Number(part("day")));
  }
  return null;
}

/** `HH:MM` of `10:11 PM`, `1:39 p.m`, `11:49:04`; `null` for what is no time of day. */
export function readTime(text: string): string | null {
  const found = /^(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*([AaPp])\.?\s?[Mm]\.?)?$/.exec(text.trim());
  if (found === null) return null;
  const [hour, minute, half] = [Number(found[1]), Number(found[2]), found[3]?.toLowerCase()];
  if (minute > 59 || hour > (half === undefined ? 23 : 12) || (half !== undefined && hour === 0)) return null;
  const inDay = half === undefined ? hour : (hour % 12) + (half === "p" ? 12 : 0);
  return `${String(inDay).padStart(2, "0")}:${found[2]}`;
}
