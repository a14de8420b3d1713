import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tablesFromSnapshot } from "../../src/tables/read-tables.js";
import { schema, tableNames } from "../../src/tables/schema.js";

const page = readFileSync(new URL("../../docs/file-formats.md", import.meta.url), "utf8");

test("the snapshot of docs/file-formats.md is read without a failure", () => {
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const { tables, failures } = tablesFromSnapshot(JSON.parse(example));
  expect(failures).toEqual([]);
  expect(tableNames.map((name) => tables[name].count)).toEqual([3, 1, 2, 1, 2, 1, 0]);
  expect([...tables.positions.number("quantity")]).toEqual([1000, -10, 10]);
  expect([...tables.rates.number("rate")]).toEqual([0.0518, 0.0505]);
  expect(tables.asOf).toBe("2007-02-23T16:00:00-05:00");
  expect(tables.rules).toBe("finra-4210g");
});

describe("docs/file-formats.md and the schema name the same columns", () => {
  test.each(tableNames)("%s", (name) => {
    const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0] ?? "";
    const rows = [...section.matchAll(/^\| `(\w+)` +\| (\w+) +\| (yes|no) +\|(.*)$/gm)];
    expect(rows.map((row) => [row[1], row[2], row[3]])).toEqual(
      schema[name].map((column) => [column.name, column.type, column.required === true ? "yes" : "no"]),
    );
    for (const [k, column] of schema[name].entries())
      for (const choice of column.choices ?? []) expect(rows[k]?.[4]).toContain(`\`${choice}\``);
  });
});
