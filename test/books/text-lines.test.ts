import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MarginError } from "../../src/basics/failure.js";
import { type Engine, loadEngine } from "../../src/engine.js";
import { loadTableFiles } from "../../src/tables/load-files.js";
import type { TableFiles } from "../../src/tables/read-tables.js";
import { BookFolder, expectAsTrees } from "./book-files.js";

let engine: Engine;
let folder: BookFolder;
let others: Omit<TableFiles, "positions">;
beforeAll(async () => {
  engine = await loadEngine();
  folder = await BookFolder.open();
  const underlyings = await folder.write("underlyings.parquet", {
    columns: { symbol: "varchar", price: "double", dividend_yield: "double" },
    rows: [
      ["AAA", 100, 0],
      ["BBB", 50, 0],
    ],
  });
  const options = await folder.write("options.parquet", {
    columns: { symbol: "varchar", volatility: "double" },
    rows: [["AAA   261218C00100000", 0.3]],
  });
  others = { underlyings: [underlyings], options: [options], rates: 0.04, asOf: "2026-11-20T16:00:00-05:00" };
});
afterAll(() => folder.close());

const call = "AAA   261218C00100000";
const head = "account,symbol,quantity";
const rows = [`A1,AAA,100`, `A1,${call},-1`, `A2,BBB,-20`, `A3,BBB,7`];

function csv(...lines: string[]): string {
  return `${[head, ...lines].join("\n")}\n`;
}

function ndjson(...lines: string[]): string {
  const good = rows.map((row) => {
    const [account, symbol, quantity] = row.split(",");
    return JSON.stringify({ account, symbol, quantity: Number(quantity) });
  });
  return `${[...good.slice(0, 2), ...lines, ...good.slice(2)].join("\n")}\n`;
}

function write(name: string, content: string | Buffer): string {
  const file = join(folder.path, name);
  writeFileSync(file, content);
  return file;
}

/** Files that run as columns, with all that is said of them. */
const judgedCsv: Readonly<Record<string, string>> = {
  "nothing wrong": csv(...rows),
  "only a header": csv(),
  "a header without a line end": head,
  "CRLF and a byte order mark": `\uFEFF${csv(...rows).replaceAll("\n", "\r\n")}`,
  "no end of the last line": csv(...rows).slice(0, -1),
  "a last line that is cut": csv(...rows).slice(0, -5),
  "a last cell that is cut": csv(...rows, "A3,BBB,15").slice(0, -2),
  "blank lines": csv("", ...rows.flatMap((row) => [row, "", "   ", ",,"]), "", ""),
  "blanks around cells": csv(...rows.map((row) => ` ${row.replaceAll(",", " , ")}\t`)),
  "quoted cells": csv(...rows.map((row) => `"${row.replaceAll(",", '","')}"`)),
  "quotes by doubling": csv(...rows, '"A ""one""",AAA,5', '"A, B",AAA,5', '"""",AAA,5'),
  "a trailing comma in a row": csv(...rows, "A4,AAA,5,", "A5,AAA,5"),
  "a trailing comma in every row": csv(...rows.map((row) => `${row},`)),
  "a cell too few": csv(...rows, "A4,AAA", "A5"),
  "an unknown column": `${head},desk\n${rows.map((row, k) => `${row},"d, ${k}"\n`).join("")}`,
  "columns in another order": `quantity,account,symbol\n100,A1,AAA\n-20,A2,BBB\nAAA,A3,100\n`,
  "account and symbol swapped": csv(...rows, "AAA,A1,100"),
  "quantities that are none": csv(
    ...rows,
    ...[
      "1.5",
      "NaN",
      "Infinity",
      "-inf",
      "ten",
      "1,5",
      "0x10",
      "",
      "0",
      "-0",
      "1e3",
      "1e400",
      "5.",
      ".5",
      "+5",
    ].map((quantity, k) => `Q${k},AAA,${quantity}`),
  ),
  "fractions of contracts and of shares": csv(
    ...rows,
    `A4,${call},1.5`,
    "A5,AAA,1.5",
    "A6,AAA,1.0000001",
    "A7,AAA,0.000001",
  ),
  "huge numbers": csv(
    ...rows,
    ...["999999999999999", "9007199254", "9007199255", "123456789012345678901234567890", "1e15"].map(
      (quantity, k) => `Q${k},AAA,${quantity}`,
    ),
  ),
  "contracts that are not there": csv(
    ...rows,
    "A1,NOSUCH,5",
    "A9,ZZZ   261218C00010000,5",
    "A9,,5",
    ",AAA,5",
  ),
  "names beyond ASCII": csv(...rows, "Zoë,AAA,5", "漢字,BBB,5", "\u{1F600},AAA,1", "A\u00A0,AAA,5"),
  "prices that are none": `${head},price,trade_price,escrow\n${[
    "A1,AAA,5,101,,",
    "A2,AAA,5,-1,,",
    "A3,AAA,5,,-1,",
    "A4,AAA,5,x,,",
    "A5,AAA,5,,,yes",
    "A6,AAA,5,,1.25,true",
    "A7,AAA,5,nan,,",
    "A8,AAA,5,1e999,,",
  ].join("\n")}\n`,
  "prices that clash": `${head},price\nA1,AAA,5,101\nA1,AAA,5,102\nA2,"AAA",5,101\nA2, AAA,1e0,103\n`,
};

/** Files that are left to the trees. */
const leftCsv: Readonly<Record<string, string | Buffer>> = {
  "an empty file": "",
  "nothing but blanks": "\n \n",
  "a missing column": `account,symbol\nA1,AAA\n`,
  "a column twice": `${head},quantity\nA1,AAA,5,6\n`,
  "a header in quotes": `"account","symbol","quantity"\nA1,AAA,5\n`,
  "a blank line above the header": `\n${csv(...rows)}`,
  "a line end inside quotes": csv(...rows, '"A\n4",AAA,5'),
  "a quote that does not close": csv(...rows, '"A4,AAA,5', "A5,AAA,5"),
  "a quote inside a cell": csv(...rows, 'A "4",AAA,5', "A5,AAA,5"),
  "blanks inside quotes": csv(...rows, '" A4 ",AAA,5'),
  "line ends of both kinds": csv(...rows).replace("\n", "\r\n"),
  "a bare carriage return": csv(...rows, "A4,AAA\r,5"),
  "bytes that are no text": Buffer.concat([Buffer.from(csv(...rows)), Buffer.from([0x41, 0xff, 0x2c, 0x0a])]),
  "a byte 0": csv(...rows, "A\0,AAA,5"),
  "a very long line": csv(...rows, `A4,AAA,${"1".repeat(70_000)}`),
  "a line beyond what is read": csv(...rows, `A4,AAA,${"1".repeat(2 ** 20)}`),
};

const judgedNdjson: Readonly<Record<string, string>> = {
  "nothing wrong": ndjson(),
  "CRLF and a byte order mark": `\uFEFF${ndjson().replaceAll("\n", "\r\n")}`,
  "a last line that is cut": ndjson().slice(0, -4),
  "blank lines": ndjson("", "  ", "\t", ""),
  "lines of commas": ndjson(",,", " , "),
  "keys twice": ndjson(
    '{"account":"A1","symbol":"AAA","quantity":5,"quantity":6}',
    '{"account":"A1","account":"A7","symbol":"AAA","quantity":5}',
  ),
  "keys in another order": ndjson('{"quantity":5,"symbol":"AAA","account":"A5"}'),
  "nested values": ndjson(
    '{"account":["A1"],"symbol":"AAA","quantity":5}',
    '{"account":"A5","symbol":{"of":"AAA"},"quantity":5}',
    '{"account":"A6","symbol":"AAA","quantity":{"n":5}}',
    '{"account":"A7","symbol":"AAA","quantity":5,"note":{"a":[1,{"b":2}]}}',
  ),
  "an array over all lines": '[\n{"account":"A1","symbol":"AAA","quantity":5}\n]\n',
  nulls: ndjson(
    '{"account":null,"symbol":"AAA","quantity":5}',
    '{"account":"A5","symbol":null,"quantity":5}',
    '{"account":"A6","symbol":"AAA","quantity":null}',
    '{"account":"A7","symbol":"AAA","quantity":5,"price":null}',
  ),
  "keys that are missing": ndjson('{"symbol":"AAA","quantity":5}', '{"account":"A5","quantity":5}', "{}"),
  "values of other types": ndjson(
    '{"account":5,"symbol":"AAA","quantity":5}',
    '{"account":"A5","symbol":"AAA","quantity":"5"}',
    '{"account":"A6","symbol":"AAA","quantity":true}',
    '{"account":"A7","symbol":"AAA","quantity":NaN}',
    '{"account":"A8","symbol":"AAA","quantity":1e400}',
    '{"account":"A9","symbol":"AAA","quantity":05}',
    '{"account":"B1","symbol":"AAA","quantity":1.5e1}',
    `{"account":"B2","symbol":"${call}","quantity":1.5}`,
    '{"account":"B3","symbol":"AAA","quantity":12345678901234567890}',
    '{"account":"B4","symbol":"AAA","quantity":-0}',
  ),
  "lines that are no objects": ndjson(
    '["A1","AAA",5]',
    "5",
    "null",
    '"text"',
    '{"account":"A1","symbol":"AAA","quantity":5',
    '{"account":"A5","symbol":"AAA" "quantity":5}',
    '{"account":"A6","symbol":"AAA","quantity":5,}',
    '{"account":"A7","symbol":"AAA","quantity":5} {}',
    "{'account':'A8'}",
    '{"account":"  ","symbol":"AAA","quantity":5',
  ),
  escapes: ndjson(
    String.raw`{"account":"\u0041\u0035","symbol":"AAA","quantity":5}`,
    String.raw`{"account":"say \"A6\"","symbol":"AAA","quantity":5}`,
    String.raw`{"account":"A7","symbol":"A\\A","quantity":5}`,
    '{"account":" A8 ","symbol":" AAA","quantity":5}',
    '{"account":"Zoë","symbol":"AAA","quantity":5}',
  ),
  "unknown keys": [
    '{"desk":"x","account":"A1","symbol":"AAA","quantity":5}',
    '{"account":"A1","symbol":"AAA","quantity":6}',
    '{"desk":"x","account":"A1","symbol":"AAA","quantity":7,"book":1}',
    '{"desk":"x","account":"A1","symbol":"AAA","quantity":8,"book":2,"price":100}',
    '{"desk":"x","account":"A2","symbol":"AAA","quantity":8,"price":100,"other":2}',
    "",
  ].join("\n"),
};

const leftNdjson: Readonly<Record<string, string | Buffer>> = {
  "an empty file": "",
  "a column that no row has": '{"account":"A1","symbol":"AAA"}\n',
  "bytes that are no text": Buffer.concat([Buffer.from(ndjson()), Buffer.from([0x22, 0xff, 0x22, 0x0a])]),
};

describe("files of text that run as columns come to what their trees come to, failures to the line", () => {
  const cases = [
    ...Object.entries(judgedCsv).map(([name, text]) => [`CSV: ${name}`, "csv", text] as const),
    ...Object.entries(judgedNdjson).map(([name, text]) => [`NDJSON: ${name}`, "ndjson", text] as const),
  ];
  test.each(cases)("%s", async (_, ending, text) => {
    const plain = write(`positions.${ending}`, text);
    const { trees } = await expectAsTrees(engine, { ...others, positions: [plain] });
    const packed = write(`packed.${ending}.gz`, gzipSync(text));
    const second = write(`second.${ending}`, text);
    const several = await expectAsTrees(engine, { ...others, positions: [packed, plain, second] });
    expect(several.trees.failures.length).toBeGreaterThanOrEqual(trees.failures.length);
  });
});

describe("files of text that only trees can judge are left to them", () => {
  const cases = [
    ...Object.entries(leftCsv).map(([name, text]) => [`CSV: ${name}`, "csv", text] as const),
    ...Object.entries(leftNdjson).map(([name, text]) => [`NDJSON: ${name}`, "ndjson", text] as const),
  ];
  test.each(cases)("%s", async (_, ending, text) => {
    const positions = [
      write(`good.${ending}`, ending === "csv" ? csv(...rows) : ndjson()),
      write(`left.${ending}`, text),
    ];
    expect(await engine.book({ ...others, positions })).toBeNull();
  });

  test("a damaged or cut .gz", async () => {
    const whole = gzipSync(csv(...rows));
    for (const bytes of [whole.subarray(0, -9), Buffer.from("no gzip")])
      expect(await engine.book({ ...others, positions: [write("cut.csv.gz", bytes)] })).toBeNull();
  });

  test.skipIf(process.platform === "win32")("a pipe, which gives its bytes once", async () => {
    const pipe = join(folder.path, "pipe.csv");
    execFileSync("mkfifo", [pipe]);
    expect(await engine.book({ ...others, positions: [pipe] })).toBeNull();
  });

  test("a file that is not there, beside one in Parquet that is not there: both are named", async () => {
    const positions = [join(folder.path, "none.parquet"), join(folder.path, "none.csv")];
    const error = await engine.book({ ...others, positions }).catch((thrown: unknown) => thrown);
    const wanted = await loadTableFiles({ ...others, positions }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MarginError);
    expect((error as MarginError).failures).toEqual((wanted as MarginError).failures);
  });
});
