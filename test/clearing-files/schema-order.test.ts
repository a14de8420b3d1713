import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { SchemaOrder } from "./schema-order.js";
import { spanText } from "./span-file.js";

const path = fileURLToPath(
  new URL("../../../shared/data/clearing/span-xml-schema/spanrisk.xml.gz", import.meta.url),
);

describe.skipIf(!existsSync(path))(
  "the published schema (skipped where ../shared/data/clearing is absent)",
  () => {
    const losses = Array.from({ length: 16 }, (_, s) => s);
    const text = spanText({
      riskExponent: 0,
      settlement: "20261218",
      rates: [1, 2],
      future: { price: 100, losses },
      options: [
        { id: 1, right: "C", strike: 100, price: 4, volatility: 0.2, losses },
        { id: 2, right: "P", strike: 100, price: 4, losses },
      ],
    });
    const faultsOf = (document: string) =>
      new SchemaOrder(gunzipSync(readFileSync(path)).toString("utf8")).faultsOf(document);

    test("has every element of the files that these tests write, in this order, and no required one is missing", () => {
      expect(text.match(/<ra>/g)).toHaveLength(6);
      expect(faultsOf(text)).toEqual([]);
    });

    test.each([
      [
        "an unknown element",
        "<strike>1</strike><k>100</k>",
        "<k>100</k>",
        "/opt/strike is not in the schema",
      ],
      ["a required element missing", "", "<cab>0</cab>\n", "/oopPf has no cab"],
      ["an element out of order", "<p>4</p>\n<k>100</k>", "<k>100</k>\n<p>4</p>", "/opt/k stands too late"],
    ])("%s is seen", (_, wrong, right, fault) => {
      expect(text).toContain(right);
      expect(faultsOf(text.replace(right, wrong)).join("\n")).toContain(fault);
    });
  },
);
