import { expect, test } from "vitest";
import { joined } from "../../src/tables/join-tables.js";
import type { Table } from "../../src/tables/table.js";
import { TableBuilder } from "../../src/tables/table-builder.js";

function builder(): TableBuilder {
  const made = new TableBuilder("options");
  made.startFile({ file: null, line: (row) => row + 1 });
  return made;
}

function columns(...files: Readonly<Record<string, readonly unknown[]>>[]): Table {
  const made = builder();
  for (const file of files)
    made.addColumns(
      2,
      made.columns.map(({ name }) => file[name]),
    );
  return made.build();
}

const symbols = ["IBM   070421C00100000", "IBM   070421P00100000"];

test("a column is absent where no file has it, and reads as one of empty cells", () => {
  const table = columns({ symbol: symbols, bid: [1, null] });
  expect(["symbol", "bid", "ask", "type"].map((name) => table.isAbsent(name))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect([...table.number("bid")]).toEqual([1, Number.NaN]);
  expect([...table.number("ask")]).toEqual([Number.NaN, Number.NaN]);
  expect(table.text("type")).toEqual([null, null]);
});

test("one of several files is enough", () => {
  const [plain, quoted] = [{ symbol: symbols }, { symbol: symbols, ask: [2, 3] }];
  for (const files of [
    [plain, quoted],
    [quoted, plain],
  ]) {
    const table = columns(...files);
    expect(table.isAbsent("ask")).toBe(false);
    expect(table.number("ask").filter((ask) => !Number.isNaN(ask))).toEqual(Float64Array.of(2, 3));
    expect(joined(columns(plain), columns(quoted)).isAbsent("ask")).toBe(false);
    expect(joined(columns(plain), columns(plain)).isAbsent("ask")).toBe(true);
  }
});

test("of rows given one by one, a cell is enough", () => {
  const made = builder();
  made.addJsonRow({ symbol: symbols[0] });
  made.addCsvRow(
    [symbols[1] ?? "", "", "2.5"],
    made.columns.map(({ name }) => ["symbol", "bid", "ask"].indexOf(name)),
  );
  const table = made.build();
  expect(["bid", "ask"].map((name) => table.isAbsent(name))).toEqual([true, false]);
  expect([...table.number("bid"), ...table.number("ask")]).toEqual([Number.NaN, Number.NaN, Number.NaN, 2.5]);
});
