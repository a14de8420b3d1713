import { valuesInto, type Tableau } from "./tableau.js";

/** A row sum_j coefficient_j x_j <= rightSide over the program's columns. */
export interface ExtraRow {
  readonly coefficients: Float64Array;
  readonly rightSide: number;
}

/** Rows of the program that a tableau was made of, which of them stay (all whose slacks are not basic), and new ones. */
interface RowChange {
  readonly rowCount: number;
  readonly isKept: (row: number) => boolean;
  readonly extra: readonly ExtraRow[];
}

/** The tableau without some rows and with more. Slacks are numbered anew: kept rows in their order, then new ones. */
export function withRows(tableau: Tableau, { rowCount, isKept, extra }: RowChange): Tableau {
  const { programColumns, columns, entries, basis, nonbasis, basicValue } = tableau;
  const renumbered = new Int32Array(programColumns + rowCount).fill(-1);
  let next = 0;
  for (let variable = 0; variable < renumbered.length; variable++) {
    if (variable < programColumns || isKept(variable - programColumns)) renumbered[variable] = next++;
  }
  const rowsKept: number[] = [];
  for (let i = 0; i < tableau.rows; i++) if (renumbered[basis[i]!]! >= 0) rowsKept.push(i);
  const rows = rowsKept.length + extra.length;
  const size = next + extra.length;
  const [lower, upper] = [new Float64Array(size), new Float64Array(size).fill(Infinity)];
  renumbered.forEach((to, from) => {
    if (to < 0) return;
    lower[to] = tableau.lower[from]!;
    upper[to] = tableau.upper[from]!;
  });
  const result: Tableau = {
    programColumns,
    rows,
    columns,
    entries: new Float64Array(rows * columns),
    reducedCost: tableau.reducedCost.slice(0, columns),
    basicValue: new Float64Array(rows),
    basis: new Int32Array(rows),
    nonbasis: nonbasis.slice(0, columns).map((variable) => renumbered[variable]!),
    atUpper: tableau.atUpper.slice(0, columns),
    lower,
    upper,
    weight: new Float64Array(rows).fill(1),
    objective: tableau.objective,
  };
  rowsKept.forEach((from, to) => {
    result.entries.set(entries.subarray(from * columns, (from + 1) * columns), to * columns);
    result.basicValue[to] = basicValue[from]!;
    result.basis[to] = renumbered[basis[from]!]!;
    result.weight[to] = tableau.weight[from]!;
  });
  const point = new Float64Array(size);
  valuesInto({ ...result, rows: rowsKept.length }, point);
  extra.forEach((row, e) => fillRow(result, rowsKept.length + e, row, { slack: next + e, point }));
  return result;
}

/** Row i of the tableau from one in the program's columns: basic columns are replaced by their own rows. */
function fillRow(
  { programColumns, columns, rows, entries, basis, nonbasis, basicValue }: Tableau,
  i: number,
  { coefficients, rightSide }: ExtraRow,
  { slack, point }: { readonly slack: number; readonly point: Float64Array },
): void {
  let value = rightSide;
  for (let j = 0; j < programColumns; j++) value -= coefficients[j]! * point[j]!;
  basicValue[i] = value;
  const at = i * columns;
  for (let k = 0; k < columns; k++) {
    const variable = nonbasis[k]!;
    entries[at + k] = variable < programColumns ? coefficients[variable]! : 0;
  }
  for (let b = 0; b < rows && b < i; b++) {
    const variable = basis[b]!;
    const factor = variable < programColumns ? coefficients[variable]! : 0;
    if (factor === 0) continue;
    const from = b * columns;
    for (let k = 0; k < columns; k++) entries[at + k] = entries[at + k]! - factor * entries[from + k]!;
  }
  basis[i] = slack;
}
