export { heapBase, maxContractCount, maxPriceCount, maxScenarioCount, maxVolCount } from "./memory";
export { version } from "./version";
