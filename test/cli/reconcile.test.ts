import { describe, expect, test } from "vitest";
import { plimsoll, scratch } from "./run.js";

const { put } = scratch();
const book = {
  asOf: "2026-11-20T16:00:00-05:00",
  rates: 0.04,
  underlyings: [{ symbol: "XYZ", price: 100 }],
  positions: [{ account: "A", symbol: "XYZ", quantity: 100 }],
};

describe("plimsoll reconcile", () => {
  test("0 where they agree, 1 past the tolerance with the cause in words, 2 for a file it does not know", () => {
    const file = put("book.json", JSON.stringify(book));
    const same = put("same.csv", "level,id,margin\naccount,A,1500\n");
    expect(plimsoll("reconcile", file, "--against", same)).toMatchObject({ code: 0, err: "" });
    const other = put("other.csv", "level,id,quantity,margin\naccount,A,,1800\nsymbol,XYZ,120,\n");
    const run = plimsoll("reconcile", file, "--against", other);
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/quantity +symbol XYZ +100\.0000 +120\.0000 +300\.00/);
    expect(plimsoll("reconcile", file, "--against", other, "--tolerance", "300").code).toBe(0);
    const unknown = put("tos.csv", "Position Statement for 1 (x)\n");
    const refused = plimsoll("reconcile", file, "--against", unknown);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("thinkorswim");
  });
});
