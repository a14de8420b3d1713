import Table from "cli-table3";

/** A number with thousands commas and a fixed number of decimals; `–` where there is none. Never of a locale. */
export function amount(value: number | null, decimals = 2): string {
  if (value === null || Number.isNaN(value)) return "–";
  const fixed = Math.abs(value).toFixed(decimals);
  const [whole = "0", fraction] = fixed.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const negative = value < 0 && Number(fixed) !== 0;
  return `${negative ? "-" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

export interface TextColumn {
  readonly head: string;
  readonly align?: "left" | "right";
}

/** A table of text without colours, so that it reads the same in a terminal and in a file. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map((column) => column.head),
    colAligns: columns.map((column) => column.align ?? "right"),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    chars: plainChars,
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Two blanks between columns and one line under the head. */
const plainChars = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};
