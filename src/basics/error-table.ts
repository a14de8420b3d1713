/**
 * Every code that Plimsoll can answer with, one line each: the sentence it prints (named holes in braces are
 * filled from the failure's fields) and what to do about it. `docs/errors.md` is generated from this table by
 * `scripts/write-error-docs.ts`; a test holds the two together in both directions.
 *
 * Codes are stable: programs match on the code, never on the sentence.
 */
export const errorTable = {
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
  // Time
  AS_OF_MISSING: {
    message: "the as-of time is missing",
    remedy: "Give asOf in the snapshot or --as-of TIME.",
  },
  AS_OF_INVALID: {
    message: "the as-of time cannot be read",
    remedy: "Write ISO 8601 with a zone, for instance 2007-02-23T16:00:00-05:00.",
  },
  // Contracts
  SYMBOL_INVALID: {
    message: "{value} is neither an option symbol nor a symbol of an underlying",
    remedy: "Write option symbols as root, yymmdd, C or P and the strike times 1000 in 8 digits.",
  },
  UNDERLYING_UNKNOWN: {
    message: "no underlying {value} in the underlyings table",
    remedy: "Add a row for it, or name the underlying in the options table.",
  },
  DELIVERABLE_UNKNOWN: {
    message: "{value} is an adjusted option whose deliverable is not known",
    remedy:
      "Give its deliverable (or its underlying and multiplier) in the options table; an adjusted root is never taken for the standard one.",
  },
  DELIVERABLE_UNSUPPORTED: {
    message: "the deliverable {value} cannot be valued",
    remedy:
      "Plimsoll values shares of one stock with cash below the aggregate exercise price; for others give theoretical values.",
  },
  CONTRACT_TERMS_CONFLICT: {
    message: "the options table contradicts the symbol {value}",
    remedy: "Leave type, strike and expiry empty where the symbol tells them, or mend the row.",
  },
  CONTRACT_EXPIRED: {
    message: "the option {value} has expired at the as-of time",
    remedy: "Remove it, or replace it by what its exercise delivered.",
  },
  // Positions
  MARK_CONFLICT: {
    message: "an account gives two prices for one contract",
    remedy: "A position's price is its mark at the as-of time, not what was paid; give one.",
  },
  QUANTITY_ZERO: { message: "a position of zero", remedy: "Leave the row out." },
  QUANTITY_FRACTIONAL: {
    message: "a fractional number of contracts",
    remedy: "Options come in whole contracts; shares may have up to six decimals.",
  },
  // Market
  QUOTE_CROSSED: {
    message: "the bid is above the ask",
    remedy: "Give a quote with bid <= ask, a price, or a volatility.",
  },
  QUOTE_EMPTY: {
    message: "nothing to take a volatility from for {value}",
    remedy: "Give volatility, price, or a bid and an ask of which the ask is above zero.",
  },
  PRICE_BELOW_INTRINSIC: {
    message: "the price is below what exercise is worth, so no volatility gives it",
    remedy: "Give a newer quote, or a volatility.",
  },
  PRICE_ABOVE_MAXIMUM: {
    message: "the price is above what the option can be worth, so no volatility gives it",
    remedy: "Give a newer quote, or a volatility.",
  },
  PRICE_WITHOUT_TIME: {
    message: "the option has no time left, so no volatility can be taken from its price",
    remedy: "Give a volatility; the value of the option is its exercise value whatever it is.",
  },
  VALUE_NOT_FINITE: {
    message: "the value of {value} cannot be computed from these inputs",
    remedy: "Check rate, yield, volatility and price of the row; please report inputs that look sane.",
  },
  RATE_UNUSABLE: {
    message: "the rate curve has a bad point, so {value} cannot be valued",
    remedy: "Mend the row of the rates table that is named.",
  },
  THEORETICAL_SCENARIOS: {
    message: "the theoretical values of {value} are not one for each scenario of the rule set",
    remedy: "Give the columns p1 to pN of the rule set that is used, every one of them filled in.",
  },
  THEORETICAL_CLOSE_MISSING: {
    message: "{value} has theoretical values and no price",
    remedy: "Give its close there, or a price in the options or underlyings table.",
  },
  THEORETICAL_GROUP_CONFLICT: {
    message: "a class group has one product group, and the theoretical values of {value} give another",
    remedy: "Give one product group in all rows of the class group.",
  },
  ACCOUNT_UNKNOWN: {
    message: "no account {value}",
    remedy: "Name an account that the positions or accounts table holds.",
  },
  ACCOUNT_TYPE_UNSUPPORTED: {
    message: "the account is not a portfolio margin account",
    remedy: "Set its type to portfolio, or leave it out of this command.",
  },
  POSITION_NOT_ELIGIBLE: {
    message: "{value} cannot be held in this kind of account",
    remedy: "Futures and options on them are margined in a futures account, or by portfolio margin.",
  },
  UNLISTED_REFUSED: {
    message: "the account's equity is below what unlisted derivatives need, so {value} is refused",
    remedy: "Take the position out, or give the equity of accounts of identical ownership as equity_other.",
  },
  CLASS_GROUP_TYPE_CONFLICT: {
    message: "a class group has one portfolio type, and this row gives another",
    remedy: "Mend portfolio_type, or put the symbol into a class group of its own.",
  },
  HOUSE_INPUT_MISSING: {
    message: "a house rule needs a figure that is not there: {value}",
    remedy:
      "Fill in the column of the underlyings table (or the entry of the rule file) that is named, or take the test out of the rule set's houseRules.",
  },
  // Scenarios
  SCENARIOS_SYNTAX: {
    message: "the scenario file is not valid YAML or JSON",
    remedy: "Mend the file at the line and column given.",
  },
  SCENARIOS_INVALID: {
    message: "the scenarios say something that a scenario cannot say",
    remedy: "Mend the entry that is named; docs/scenarios.md lists what a scenario may say.",
  },
  SCENARIO_MOVE_MISSING: {
    message: "a scenario says no move for {value}",
    remedy:
      "Name the symbol, its class group or one of its tags, give it a beta, or give the scenario a default; nothing is taken to stand still silently.",
  },
  HISTORY_MISSING: {
    message: "the history has no return of {value} for some of its dates",
    remedy:
      "Add its closes or returns, or those of another symbol of its class group; leave dates out that it cannot have.",
  },
  // Rules
  RULES_UNKNOWN: {
    message: "no built-in rule set {value}",
    remedy: "Run plimsoll rules for the list, or give the path of a file.",
  },
  RULES_SYNTAX: {
    message: "the rule file is not valid YAML",
    remedy: "Mend the file at the line and column given.",
  },
  RULES_INVALID: {
    message: "the rule file says something that a rule set cannot say",
    remedy: "Mend the entry at the line and column given; plimsoll rules NAME prints a valid file.",
  },
  // Use
  USAGE: { message: "{value}", remedy: "Run the command with --help." },
  INTERNAL: {
    message: "something went wrong inside Plimsoll: {value}",
    remedy: "Please report it with the input that shows it.",
  },
} as const satisfies Record<string, { message: string; remedy: string }>;

/** One of the stable codes of {@link errorTable}. */
export type ErrorCode = keyof typeof errorTable;
