import { inputErrors } from "./input-errors.js";

/**
 * Every code that Plimsoll can answer with, one line each: the sentence it prints (named holes in braces are
 * filled from the failure's fields) and what to do about it. `docs/errors.md` is generated from this table by
 * `scripts/write-error-docs.ts`; a test holds the two together in both directions.
 *
 * Codes are stable: programs match on the code, never on the sentence.
 */
export const errorTable = {
  ...inputErrors,
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
    remedy:
      "Futures and options on them are margined in a futures account, or by portfolio margin. A cash account holds no short shares, and short options only with shares, cash or an escrow receipt behind them.",
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
