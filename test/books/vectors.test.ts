import { describe, expect, test } from "vitest";
import { integersOf, orderedTexts } from "../../src/books/vectors.js";
import { withDuckDB } from "../../src/tables/duckdb.js";

describe("a column of text by the numbers of its rows", () => {
  test.each([
    ["as they stand", ["b", "a", "c"]],
    ["an empty one", ["", "a", "=", ""]],
    ["an empty one alone", [""]],
    ["beside a NUL, which joins them otherwise", ["a", "b\0c", "d"]],
    ["none", []],
  ])("%s", async (_, texts) => {
    const found = await withDuckDB(async (connection) => {
      await connection.run("create temp table named (text varchar, row integer)");
      for (const [row, text] of [...texts.entries()].toReversed())
        await connection.run("insert into named values ($text, $row)", { text, row });
      return {
        texts: await orderedTexts(connection, { text: "text", source: "named", row: "row" }),
        rows: await integersOf(connection, "select row from named order by row"),
      };
    });
    expect(found.texts).toEqual(texts);
    expect([...found.rows]).toEqual([...texts.keys()]);
  });

  test("more than are put together at once", async () => {
    const texts = await withDuckDB(async (connection) => {
      await connection.run(
        "create temp table many as select 'n' || k as text, k as row from range(150000) as numbers(k)",
      );
      return orderedTexts(connection, { text: "text", source: "many", row: "row" });
    });
    expect(texts).toEqual(Array.from({ length: 150_000 }, (_, k) => `n${k}`));
  });
});
