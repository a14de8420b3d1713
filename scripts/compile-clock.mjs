// Asks Node once, when the package is built, how far New York's clocks are from UTC: src/basics/new-york.ts. Run by
// `npm run build`.
import { writeFileSync } from "node:fs";
import { expiryInstants, parseDay } from "../dist/basics/dates.js";

const msPerDay = 86_400_000;
const openingMs = 9.5 * 3_600_000;
const closeMs = 16 * 3_600_000;
const [first, last] = [parseDay("1970-01-01"), parseDay("2199-12-31")];

const file = new URL("../dist/basics/new-york.json", import.meta.url);
writeFileSync(file, "{}");
const instant = expiryInstants();
const [days, offsetsMs] = [[], []];
for (let day = first; day <= last; day++) {
  const offsetMs = instant(day, "pm") - day * msPerDay - closeMs;
  if (instant(day, "am") - day * msPerDay - openingMs !== offsetMs)
    throw new Error(`two offsets on day ${day}`);
  if (offsetMs === offsetsMs.at(-1)) continue;
  days.push(day);
  offsetsMs.push(offsetMs);
}
days.push(last + 1);
writeFileSync(file, JSON.stringify({ tz: process.versions.tz, days, offsetsMs }));
