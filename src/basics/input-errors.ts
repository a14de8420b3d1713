/** Codes of reading files: the first part of `errorTable`, which says how they are kept. */
export const inputErrors = {
  // Files
  FILE_NOT_FOUND: {
    message: "cannot find the file {value}",
    remedy: "Check the path; paths are taken from the current folder.",
  },
  FILE_UNREADABLE: {
    message: "cannot read the file {value}",
    remedy: "Check that it is a file and that its permissions allow reading.",
  },
  FILE_EMPTY: {
    message: "the file holds no data",
    remedy:
      "A CSV file needs its header line even where the table has no rows; a snapshot needs a JSON object.",
  },
  FILE_UNWRITABLE: {
    message: "cannot write the file {value}",
    remedy: "Check that its folder exists and that its permissions allow writing.",
  },
  STORE_LOCKED: {
    message: "another program has the store {value} open",
    remedy:
      "A DuckDB file is open in one program at a time: close the other one, or read a copy of the file.",
  },
  STORE_FOREIGN: {
    message: "{value} is not a store of runs",
    remedy: "Name a file that --store made, or one that does not exist yet; nothing was written to it.",
  },
  RUN_UNKNOWN: {
    message: "the store has no single run {value}",
    remedy:
      "Name a run by at least four first characters of it that no other run has: plimsoll runs lists them.",
  },
  FILE_FORMAT_UNKNOWN: {
    message: "cannot tell the format of {value}",
    remedy:
      "Name the file so that it ends in .csv, .json, .ndjson or .jsonl (.gz may follow), .parquet or .arrow.",
  },
  PACKAGE_MISSING: {
    message: "the optional package {value} cannot be loaded",
    remedy:
      "Install it beside Plimsoll, at the version of Plimsoll's package.json: Parquet needs @duckdb/node-api, Arrow apache-arrow.",
  },
  FILE_TOO_LARGE: {
    message: "the file is larger than a snapshot may be",
    remedy: "Give the tables as separate CSV files.",
  },
  JSON_SYNTAX: {
    message: "this is not valid JSON",
    remedy: "Mend the document at the line and column given.",
  },
  JSON_SHAPE: {
    message: "the document has the wrong shape: {value}",
    remedy: "See docs/file-formats.md for the snapshot's keys; each table is an array of objects.",
  },
  CSV_SYNTAX: {
    message: "this line is not valid CSV",
    remedy: "Check quotes and the number of cells; each row has as many cells as the header.",
  },
  CSV_LINE_TOO_LONG: {
    message: "a line is longer than any row can be",
    remedy: "Check that the file is the table it is said to be and that quotes are closed.",
  },
  // Clearing files
  CLEARING_SYNTAX: {
    message: "the clearing file {value} cannot be read",
    remedy:
      "Get the file anew; a SPAN file is one XML document with the root spanFile. Nothing of a part is used.",
  },
  CLEARING_SCENARIOS: {
    message: "the risk array of {value} has not one value for each scenario of the file",
    remedy: "The contract is left out; ask the clearing organisation.",
  },
  CLEARING_REFERENCE: {
    message: "the clearing file names {value}, which it does not hold",
    remedy: "Read the file that holds it too, or ask the clearing organisation; the contract is left out.",
  },
  CLEARING_UNSUPPORTED: {
    message: "the clearing file has {value}, which cannot be read",
    remedy: "See docs/clearing-files.md for what is read of it.",
  },
  // Brokers' exports
  EXPORT_HEADER: {
    message: "the file has no header of the export {value}",
    remedy:
      "Check --positions-format, and export the file anew with the columns that are named; names are exact, see docs/broker-exports.md.",
  },
  EXPORT_SYNTAX: {
    message: "the export cannot be read",
    remedy: "Export the file anew, and leave it as the broker made it.",
  },
  EXPORT_CHECK: {
    message: "a row of the export contradicts itself: its value is {value}",
    remedy:
      "Check that no program has moved its cells and that price and value are of one time; where a multiplier is missing give the position in the positions table.",
  },
  EXPORT_HOLDING: {
    message: "the holding {value} cannot be used",
    remedy:
      "Bonds, other currencies and contracts that are not spelled out cannot be margined from an export; the account is incomplete until the holding is given in the positions table, or is known not to matter.",
  },
  // Tables
  TABLE_MISSING: {
    message: "the table {value} is missing",
    remedy: "Give it as a file or as a key of the snapshot.",
  },
  TABLE_COLUMN_MISSING: {
    message: "the table has no column {value}",
    remedy: "Add the column; names are exact, see docs/file-formats.md.",
  },
  TABLE_COLUMN_UNKNOWN: {
    message: "the table has a column {value} that is not known, so it was not used",
    remedy: "Mend its spelling or take it out; names are exact, see docs/file-formats.md.",
  },
  TABLE_COLUMN_DUPLICATE: { message: "the table has two columns {value}", remedy: "Keep one of them." },
  CELL_MISSING: { message: "a required cell is empty", remedy: "Fill it in." },
  CELL_TYPE: {
    message: "a cell has the wrong type",
    remedy:
      "Numbers are written plainly: digits, one point, perhaps an exponent; no thousands separators, no currency signs.",
  },
  CELL_NOT_FINITE: {
    message: "a number is not finite",
    remedy: "Give a finite number, or leave an optional cell empty.",
  },
  CELL_RANGE: { message: "a value is out of range", remedy: "Give a value in the range that is stated." },
  CELL_CHOICE: {
    message: "a value is none of the allowed ones",
    remedy: "Take one of the values that are listed.",
  },
  ROW_DUPLICATE: {
    message: "a second row for {value}",
    remedy: "Keep one row; where they differ, Plimsoll cannot know which one is meant and uses neither.",
  },
} as const satisfies Record<string, { message: string; remedy: string }>;
