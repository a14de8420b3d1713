/**
 * Netting of one portfolio group over many accounts, written from docs/methodology.md: one account after the other, one holding
 * after the other. Shares no code with the kernel and is never tuned.
 */
export interface GroupTerms {
  readonly scenarios: number;
  readonly contracts: readonly {
    readonly profit: readonly number[];
    readonly classGroup: number;
    readonly multiplier: number;
    readonly price: number;
    readonly minimum: number;
    readonly minimumOfShorts: boolean;
    readonly minimumCapped: boolean;
    readonly settledDaily: boolean;
  }[];
  /** Product group of each class group. */
  readonly productOf: readonly number[];
  readonly productShare: readonly number[];
  readonly portfolioShare: number;
  readonly carriedGain: "reduced" | "remainder";
  readonly minimumPer: "portfolio_group" | "class_group";
}

export interface Lot {
  readonly account: number;
  readonly contract: number;
  readonly quantity: number;
  readonly mark: number;
}

export interface ClassNet {
  readonly classGroup: number;
  readonly profit: number[];
  readonly minimum: number;
}

export interface AccountNet {
  readonly account: number;
  readonly held: number[];
  readonly classes: ClassNet[];
  readonly marketValue: number;
  readonly requirement: number;
  /** From 0, the first of equals. */
  readonly worst: number;
  readonly worstClass: number;
  readonly binding: "none" | "scan_loss" | "minimum";
}

export function referenceNetting(
  terms: GroupTerms,
  lots: readonly Lot[],
  skip: ReadonlySet<number>,
): AccountNet[] {
  const accounts = [...new Set(lots.map(({ account }) => account))].sort((a, b) => a - b);
  return accounts.flatMap((account) => {
    if (skip.has(account)) return [];
    const own = lots.filter((lot) => lot.account === account);
    const held = terms.contracts.flatMap((contract, k) => {
      const same = own.filter((lot) => lot.contract === k);
      const quantity = same.reduce((sum, lot) => sum + lot.quantity, 0);
      const mark = same.find((lot) => !Number.isNaN(lot.mark))?.mark ?? contract.price;
      return quantity === 0 ? [] : [{ k, contract, quantity, mark }];
    });
    if (held.length === 0) return [];
    const positions = held.map(({ k, contract, quantity, mark }) => {
      const marketValue = contract.settledDaily ? 0 : quantity * contract.multiplier * mark;
      let minimum = contract.minimum * Math.abs(quantity);
      if (contract.minimumCapped && quantity > 0) minimum = Math.min(minimum, marketValue);
      if (contract.minimumOfShorts && quantity > 0) minimum = 0;
      const profit = contract.profit.map((p) => p * quantity);
      return { k, classGroup: contract.classGroup, profit, marketValue, minimum };
    });
    const ids = [...new Set(positions.map(({ classGroup }) => classGroup))].sort((a, b) => a - b);
    const classes = ids.map((classGroup): ClassNet => {
      const members = positions.filter((position) => position.classGroup === classGroup);
      return {
        classGroup,
        profit: added(members.map(({ profit }) => profit)),
        minimum: members.reduce((sum, { minimum }) => sum + minimum, 0),
      };
    });
    const total = groupProfit(terms, classes);
    const least = Math.min(...total);
    const worst = total.indexOf(least);
    const loss = Math.max(0, -least);
    const minimums = classes.reduce((sum, { minimum }) => sum + minimum, 0);
    const floor = terms.minimumPer === "class_group" ? 0 : minimums;
    const atWorst = classes.map(({ profit }) => profit[worst]!);
    return [
      {
        account,
        held: positions.map(({ k }) => k),
        classes,
        marketValue: positions.reduce((sum, { marketValue }) => sum + marketValue, 0),
        requirement: Math.max(loss, floor),
        worst,
        worstClass: ids[atWorst.indexOf(Math.min(...atWorst))]!,
        binding: floor > loss ? "minimum" : loss > 0 ? "scan_loss" : "none",
      } as const,
    ];
  });
}

function groupProfit(terms: GroupTerms, classes: readonly ClassNet[]): number[] {
  const products = [...new Set(classes.map(({ classGroup }) => terms.productOf[classGroup]!))];
  const parts = products.map((product) => {
    const members = classes.filter(({ classGroup }) => terms.productOf[classGroup] === product);
    const counted = members.map(({ profit, minimum }) =>
      terms.minimumPer === "class_group" ? profit.map((p) => Math.min(p, -minimum)) : profit,
    );
    return offset(counted, terms.productShare[product]!, terms.carriedGain);
  });
  return offset(parts, terms.portfolioShare, terms.carriedGain);
}

function added(rows: readonly number[][]): number[] {
  return rows[0]!.map((_, s) => rows.reduce((sum, row) => sum + row[s]!, 0));
}

/** A gain covers losses at its share; what of it is left is carried up reduced, or whole less what it covered. */
function offset(parts: readonly number[][], share: number, carried: GroupTerms["carriedGain"]): number[] {
  return parts[0]!.map((_, s) => {
    const gain = parts.reduce((sum, part) => sum + Math.max(0, part[s]!), 0);
    const loss = parts.reduce((sum, part) => sum + Math.max(0, -part[s]!), 0);
    const rest = share * gain - loss;
    return carried === "remainder" && rest > 0 ? gain - loss / share : rest;
  });
}
