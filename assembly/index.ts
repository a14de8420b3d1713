export { europeanScratchBytes, fillEuropeanValues } from "./european";
export { europeanValue } from "./european-value";
export { heapBase, maxContractCount, maxPriceCount, maxScenarioCount, maxVolCount } from "./memory";
export { version } from "./version";
