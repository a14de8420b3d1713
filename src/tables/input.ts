import { type TablesRead, tablesFromSnapshot } from "./read-tables.js";

/** Tables that were read already, or those of a snapshot document. */
export function asTables(input: object): TablesRead {
  if ("tables" in input && "failures" in input) return input as TablesRead;
  return tablesFromSnapshot(input);
}
