import type { TestKernel } from "./european-kernel.js";
import type { GroupTerms, Lot } from "../reference/netting.js";

export interface KernelRow {
  readonly account: number;
  readonly requirement: number;
  readonly marketValue: number;
  readonly worst: number;
  readonly worstClass: number;
  readonly binding: number;
  /** Class groups; empty where the group does not tell. */
  readonly held: number[];
}

export interface KernelNetting {
  /** Of every account. */
  readonly rows: KernelRow[];
  /** [piece][class group]: profit by scenario, cost, accounts. */
  readonly sums: number[][][];
  /** Every byte that the call wrote for a reader. */
  readonly bytes: string;
}

export interface Placement {
  readonly accounts: number;
  readonly skip: ReadonlySet<number>;
  /** Accounts of a piece. */
  readonly size: number;
  readonly hasMarks: boolean;
}

/** A quoted price by one per unit delivered: some contracts deliver twice the units that their price is of. */
function perUnit(contract: number): number {
  return contract % 2 === 0 ? 1 : 2;
}

/** Lays out one group as the head of assembly/net.ts draws it, nets it piece by piece, twice, and reads what was written. */
export function netByKernel(
  kernel: TestKernel,
  terms: GroupTerms,
  lots: readonly Lot[],
  { accounts, skip, size, hasMarks }: Placement,
): KernelNetting {
  kernel.reset();
  const { contracts, productOf, productShare } = terms;
  const classes = productOf.length;
  const stride = terms.scenarios + (terms.scenarios % 2);
  const integers = (values: readonly number[]): number => {
    const ptr = kernel.block(values.length * 4);
    new Int32Array(kernel.memory.buffer, ptr, values.length).set(values);
    return ptr;
  };
  const flags = (values: readonly number[]): number => {
    const ptr = kernel.block(values.length);
    new Uint8Array(kernel.memory.buffer, ptr, values.length).set(values);
    return ptr;
  };
  const isAlone =
    classes === 1 &&
    productShare[0] === 1 &&
    terms.portfolioShare === 1 &&
    terms.minimumPer !== "class_group";
  const contractRows = kernel.doubles(
    contracts.flatMap(({ profit, multiplier, price, minimum }) => {
      const padded = [...profit, ...(stride > profit.length ? [0] : [])];
      return [...padded, multiplier, price, minimum, 0];
    }),
  );
  contracts.forEach(({ classGroup, minimumOfShorts, minimumCapped, settledDaily }, k) => {
    const kind = Number(minimumOfShorts) + 2 * Number(minimumCapped) + 4 * Number(settledDaily);
    const ptr = contractRows + ((k + 1) * (stride + 4) - 1) * 8;
    new Int32Array(kernel.memory.buffer, ptr, 2).set([kind, classGroup]);
  });
  const readings =
    Number(terms.carriedGain === "remainder") +
    2 * Number(terms.minimumPer === "class_group") +
    4 * Number(isAlone) +
    8;
  const shares = [integers(productOf), productShare.length, kernel.doubles(productShare)];
  const rules = [...shares, kernel.doubles([terms.portfolioShare]), readings];
  const group = integers([contractRows, terms.scenarios, stride, classes, ...rules, 0, contracts.length, 0]);
  // A lot of the last code is of a contract in no group.
  const codes = integers([...contracts.flatMap((_, k) => [0, k]), -1, -1]);
  const columns = [
    integers(lots.map(({ account }) => account)),
    integers(lots.map(({ contract }) => contract)),
    kernel.doubles(lots.map(({ quantity }) => quantity * 1e6)),
    hasMarks ? kernel.doubles(lots.map(({ mark, contract }) => mark * perUnit(contract))) : 0,
  ];
  const apart = flags(Array.from({ length: contracts.length + 1 }, () => 0));
  const units = kernel.doubles([...contracts, null].flatMap((_, k) => [100, 100 / perUnit(k)]));
  const marks = flags(Array.from({ length: accounts }, (_, a) => Number(skip.has(a))));
  const out = { accounts: kernel.block(accounts * 32), held: kernel.block(accounts * 4) };
  const sumsBytes = classes * (stride + 2) * 8;
  const scratch = kernel.block(kernel.call("nettingScratchBytes"));
  const pieces = Array.from({ length: Math.ceil(accounts / size) }, (_, piece) => {
    const first = piece * size;
    const count = Math.min(size, accounts - first);
    const own = lots.flatMap(({ account }, i) => (account >= first && account < first + count ? [i] : []));
    // In two runs, so that the seam between them is seen.
    const [start, middle] = [own[0], own[own.length >> 1]];
    const runs =
      start === undefined || middle === undefined ? [] : [start, middle, middle, start + own.length];
    const sums = kernel.block(sumsBytes);
    const bytes = hasMarks ? 24 : 16;
    const ordered = [kernel.block(4), kernel.block(own.length * bytes)];
    const lotsOf = [integers(runs), runs.length / 2, ...columns, codes, apart];
    kernel.call("fillHoldings", integers([...lotsOf, 1, marks, ...ordered, units]));
    const written = [out.accounts, out.held, 1, sums, sumsBytes];
    return { block: integers([group, 1, ...ordered, bytes, first, count, ...written]), sums };
  });
  const all = (): string => {
    const parts = [
      kernel.readBytes(out.accounts, accounts * 32),
      kernel.readBytes(out.held, accounts * 4),
      ...pieces.map(({ sums }) => kernel.readBytes(sums, sumsBytes)),
    ];
    return parts.map((part) => part.join()).join("|");
  };
  for (const { block } of pieces) kernel.call("fillNetting", block, scratch);
  const bytes = all();
  for (const { block } of pieces.toReversed()) kernel.call("fillNetting", block, scratch);
  if (all() !== bytes) throw new Error("a second call wrote other bytes");
  const numbers = kernel.read(out.accounts, accounts * 4);
  const words = new Int32Array(kernel.memory.buffer, out.accounts, accounts * 8);
  const held = new Int32Array(kernel.memory.buffer, out.held, accounts);
  return {
    bytes,
    rows: Array.from({ length: accounts }, (_, account) => {
      const worst = words[account * 8 + 6]!;
      const isTold = words[account * 8 + 7] === 0 && !isAlone;
      return {
        account,
        requirement: numbers[account * 4]!,
        marketValue: numbers[account * 4 + 1]!,
        worst: worst & 0x3fff,
        worstClass: (worst >> 14) & 0x3fff,
        binding: worst >> 28,
        held: isTold ? productOf.flatMap((__, k) => ((held[account]! >> k) & 1 ? [k] : [])) : [],
      };
    }),
    sums: pieces.map(({ sums }) => {
      const all = kernel.read(sums, sumsBytes / 8);
      return Array.from({ length: classes }, (_, k) => {
        const row = all.slice(k * (stride + 2), (k + 1) * (stride + 2));
        return [...row.slice(0, terms.scenarios), ...row.slice(stride)];
      });
    }),
  };
}
