/** A book of European, American and cash-dividend options, prices to imply volatilities from. */
export function snapshot(): object {
  const roots = ["AAA", "BBB", "CCC"];
  const strikes = Array.from({ length: 50 }, (_, i) => 60 + 2 * i);
  const symbols = roots.flatMap((root) =>
    ["240419", "240621", "250117"].flatMap((expiry) =>
      strikes.flatMap((strike) =>
        ["C", "P"].map(
          (type) => `${root.padEnd(6)}${expiry}${type}${String(strike * 1000).padStart(8, "0")}`,
        ),
      ),
    ),
  );
  return {
    asOf: "2024-03-15T16:00:00-04:00",
    underlyings: [
      { symbol: "AAA", price: 100, dividend_yield: 0.02 },
      { symbol: "BBB", price: 110 },
      { symbol: "CCC", price: 120, kind: "index", portfolio_type: "high_cap_broad_index" },
    ],
    dividends: [{ symbol: "BBB", ex_date: "2024-05-10", amount: 1.2 }],
    rates: [{ years: 1, rate: 0.05 }],
    options: symbols.map((symbol, i) => ({ symbol, volatility: 0.2 + (i % 30) / 100 })),
    positions: symbols.map((symbol, i) => ({
      account: `account ${i % 7}`,
      symbol,
      quantity: (i % 5) - 2 || 3,
    })),
  };
}
