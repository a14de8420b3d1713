import { failure, MarginError } from "../../basics/failure.js";
import type { GroupCost, Holdings } from "./holdings.js";
import type { Pairing } from "./solve.js";

function refuse(value: string): never {
  throw new MarginError([
    failure("INTERNAL", { value: `the pairing of a strategy-based account: ${value}` }),
  ]);
}

/**
 * Checks a pairing without trusting who found it: every group priced anew by the price list, quantities re-added to
 * what is held, total and bound compared. A wrong optimiser can then only be too dear, never too cheap.
 *
 * @throws MarginError `INTERNAL` where anything differs
 */
export function certify(holdings: Holdings, cost: GroupCost, pairing: Pairing): void {
  const held = [
    ...holdings.options.map((option) => option.quantity),
    ...holdings.stocks.map((s) => s.shares),
  ];
  const left = [...held];
  let total = 0;
  for (const { parts, times } of pairing.groups) {
    if (!(Number.isInteger(times) && times > 0)) refuse(`a group ${times} times`);
    for (const { holding, quantity } of parts) {
      // A part of the wrong sign would make room for more than is held.
      if (!(Math.sign(quantity) === Math.sign(held[holding] ?? 0))) refuse("a part that is not held");
      left[holding]! -= quantity * times;
    }
    const price = cost(parts);
    if (Number.isNaN(price)) refuse(`no strategy is made of ${JSON.stringify(parts)}`);
    total += price * times;
  }
  if (left.some((quantity) => quantity !== 0)) refuse(`quantities differ by ${left.join(", ")}`);
  if (total !== pairing.total) refuse(`groups cost ${total}, not ${pairing.total}`);
  if (!(pairing.lowerBound <= total)) refuse(`bound ${pairing.lowerBound} above ${total}`);
  if (pairing.proven !== (pairing.lowerBound === total)) refuse("a proof that is none");
}
