import type { TestKernel } from "./european-kernel.js";
import type { GroupTerms, Lot } from "../reference/netting.js";

export interface KernelRow {
  readonly account: number;
  readonly requirement: number;
  readonly marketValue: number;
  readonly worst: number;
  readonly worstClass: number;
  readonly binding: number;
  readonly held: number[];
  readonly quantities: number[];
}

export interface KernelNetting {
  readonly rows: KernelRow[];
  /** [piece][class group]: profit by scenario, cost, accounts. */
  readonly sums: number[][][];
  /** Every byte that the call wrote for a reader. */
  readonly bytes: string;
}

export interface Placement {
  readonly accounts: number;
  readonly skip: ReadonlySet<number>;
  /** Accounts of a piece are 2 ** shift. */
  readonly shift: number;
  readonly hasMarks: boolean;
}

/** Lays out one group as the head of assembly/net.ts draws it, calls the kernel twice, reads what it wrote. */
export function netByKernel(
  kernel: TestKernel,
  terms: GroupTerms,
  lots: readonly Lot[],
  { accounts, skip, shift, hasMarks }: Placement,
): KernelNetting {
  kernel.reset();
  const { contracts, productOf, productShare } = terms;
  const [n, classes] = [lots.length, productOf.length];
  const stride = terms.scenarios + (terms.scenarios % 2);
  const pieces = Math.max(1, Math.ceil(accounts / 2 ** shift));
  const rowsCount = new Set(lots.map(({ account }) => account)).size;
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
  const inputs = {
    account: integers(lots.map(({ account }) => account)),
    rank: integers(lots.map(({ contract }) => contract)),
    millionths: kernel.doubles(lots.map(({ quantity }) => quantity * 1e6)),
    mark: hasMarks ? kernel.doubles(lots.map(({ mark }) => mark)) : 0,
    profit: kernel.doubles(
      contracts.flatMap(({ profit }) => [...profit, ...(stride > profit.length ? [0] : [])]),
    ),
    classOf: integers(contracts.map(({ classGroup }) => classGroup)),
    multiplier: kernel.doubles(contracts.map(({ multiplier }) => multiplier)),
    price: kernel.doubles(contracts.map(({ price }) => price)),
    minimum: kernel.doubles(contracts.map(({ minimum }) => minimum)),
    kind: flags(
      contracts.map(
        ({ minimumOfShorts, minimumCapped, settledDaily }) =>
          Number(minimumOfShorts) + 2 * Number(minimumCapped) + 4 * Number(settledDaily),
      ),
    ),
    productOf: integers(productOf),
    productShare: kernel.doubles(productShare),
    portfolioShare: kernel.doubles([terms.portfolioShare]),
    skip: flags(Array.from({ length: accounts }, (_, a) => Number(skip.has(a)))),
  };
  const sumsBytes = pieces * classes * (stride + 2) * 8;
  const sizes = {
    keptRank: n * 4,
    keptQuantity: n * 8,
    keptMark: hasMarks ? n * 8 : 0,
    rowAccount: rowsCount * 4,
    rowStart: (rowsCount + 1) * 4,
    requirement: rowsCount * 8,
    marketValue: rowsCount * 8,
    worst: rowsCount * 4,
    sums: sumsBytes,
    counts: 8,
  };
  const out = Object.fromEntries(
    Object.entries(sizes).map(([name, bytes]) => [name, kernel.block(bytes)]),
  ) as Record<keyof typeof sizes, number>;
  const readings =
    Number(terms.carriedGain === "remainder") +
    2 * Number(terms.minimumPer === "class_group") +
    4 * Number(isAlone);
  const words = [
    [n, inputs.account, inputs.rank, inputs.millionths, inputs.mark],
    [sumsBytes, inputs.profit, terms.scenarios, stride, inputs.classOf],
    [inputs.multiplier, inputs.price, inputs.minimum, inputs.kind],
    [classes, inputs.productOf, productShare.length, inputs.productShare, inputs.portfolioShare, readings],
    [inputs.skip, shift, out.keptRank, out.keptQuantity, hasMarks ? out.keptMark : 0],
    [out.rowAccount, out.rowStart, out.requirement, out.marketValue, out.worst, out.sums, out.counts],
  ];
  const group = integers(words.flat());
  const scratch = kernel.block(kernel.call("nettingScratchBytes"));
  const all = (): string => {
    const parts = Object.entries(sizes).map(([name, bytes]) =>
      kernel.readBytes(out[name as keyof typeof sizes], bytes).join(),
    );
    return parts.join("|");
  };
  kernel.call("fillNetting", group, scratch);
  const bytes = all();
  kernel.call("fillNetting", group, scratch);
  if (all() !== bytes) throw new Error("a second call wrote other bytes");
  const view = (ptr: number, count: number): number[] =>
    Array.from(new Int32Array(kernel.memory.buffer, ptr, count));
  const [rows = 0, kept = 0] = view(out.counts, 2);
  const [account, start] = [view(out.rowAccount, rows), view(out.rowStart, rows + 1)];
  const [requirement, marketValue] = [kernel.read(out.requirement, rows), kernel.read(out.marketValue, rows)];
  const [worst, rank, quantity] = [
    view(out.worst, rows),
    view(out.keptRank, kept),
    kernel.read(out.keptQuantity, kept),
  ];
  const sums = kernel.read(out.sums, sumsBytes / 8);
  return {
    bytes,
    rows: account.map((number, row) => ({
      account: number,
      requirement: requirement[row]!,
      marketValue: marketValue[row]!,
      worst: worst[row]! & 0x3fff,
      worstClass: (worst[row]! >> 14) & 0x3fff,
      binding: worst[row]! >> 28,
      held: rank.slice(start[row], start[row + 1]),
      quantities: quantity.slice(start[row], start[row + 1]),
    })),
    sums: Array.from({ length: pieces }, (_, piece) =>
      Array.from({ length: classes }, (__, k) => {
        const at = (piece * classes + k) * (stride + 2);
        const row = sums.slice(at, at + stride + 2);
        return [...row.slice(0, terms.scenarios), ...row.slice(stride)];
      }),
    ),
  };
}
