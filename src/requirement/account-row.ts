/** One row an account: the columns that every tabular form of a margin run has, in their order. */
export const accountHead = [
  "account",
  "status",
  "market_value",
  "cash",
  "equity",
  "requirement",
  "excess",
  "worst_class_group",
  "worst_scenario",
];
