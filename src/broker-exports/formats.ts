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

/** How the files begin, for the one who names the wrong kind; never for choosing a reader. */
const beginnings: { readonly [format in BrokerFormat]: RegExp } = {
  "ibkr-activity": /^"?Statement"?,"?Header/,
  "ibkr-flex": /<FlexQueryResponse|^"?(?:ClientAccountID|BOF|MSG)"?,/m,
  thinkorswim: /^"?Position Statement for/,
  schwab: /^"?Positions for/,
  fidelity: /^"?Account Number"?,"?Account Name/i,
  etrade: /^"?Account Summary/,
  tastytrade: /^"?Account"?,"?Symbol"?,"?Type/,
  "optionnet-explorer": /^"?ONE Detail Report/,
};

/** The export that a text begins like; `null` where it begins like none. */
export function likelyFormat(text: string): BrokerFormat | null {
  const start = text.slice(0, 4096);
  return brokerFormats.find((format) => beginnings[format].test(start)) ?? null;
}
