export { dividendScratchBytes, fillDividendValues, maxDividendCount } from "./dividends";
export { europeanScratchBytes, fillEuropeanValues } from "./european";
export { europeanValue } from "./european-value";
export { fillEuropeanGreeks } from "./greeks";
export { fillEuropeanImpliedVolatilities } from "./implied-volatility";
export { heapBase, maxContractCount, maxPriceCount, maxScenarioCount, maxVolCount } from "./memory";
export { fillRiskArray } from "./risk-array";
export { version } from "./version";
