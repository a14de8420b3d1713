/** The exports that are read, by the names that `--positions-format` takes. */
export const brokerFormats = [
  "ibkr-activity",
  "ibkr-flex",
  "thinkorswim",
  "schwab",
  "fidelity",
  "etrade",
  "tastytrade",
  "optionnet-explorer",
] as const;

/** One of {@link brokerFormats}. */
export type BrokerFormat = (typeof brokerFormats)[number];
