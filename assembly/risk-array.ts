/**
 * Fills risk arrays: profit or loss of ONE long contract at every scenario.
 *
 *     out[i][s] = (values[i][cellOfScenario[s]] - values[i][baseCell]) * scale[i]
 *
 *     valuesPtr          n rows of cellCount f64       values per share; row i starts at valuesPtr + i * cellCount * 8
 *     cellOfScenarioPtr  scenarioCount i32             0 <= cell < cellCount
 *     scalePtr           n f64                         multiplier: shares per contract
 *     outPtr             n rows of scenarioCount f64   USD per long contract, positive = gain
 *
 * A scenario whose cell is the base cell gives exactly 0 when the value is finite. NaN in a value, base or scale gives NaN in
 * the amounts that use it, and in no others.
 */
export function fillRiskArray(
  n: i32, cellCount: i32, valuesPtr: usize, scenarioCount: i32, cellOfScenarioPtr: usize, baseCell: i32,
  scalePtr: usize, outPtr: usize,
): void {
  const rowBytes = <usize>cellCount << 3;
  let fromPtr = valuesPtr;
  let toPtr = outPtr;
  for (let i = 0; i < n; i++) {
    const base = load<f64>(fromPtr + (<usize>baseCell << 3));
    const scale = load<f64>(scalePtr + (<usize>i << 3));
    for (let s = 0; s < scenarioCount; s++) {
      const cell = <usize>load<i32>(cellOfScenarioPtr + (<usize>s << 2));
      store<f64>(toPtr, (load<f64>(fromPtr + (cell << 3)) - base) * scale);
      toPtr += 8;
    }
    fromPtr += rowBytes;
  }
}
