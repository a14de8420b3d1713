import { Arena, bytesOf, type Kernel, kernelError, type Ptr } from "./kernel.js";
import { partitionRows, type ValuationMethod, valuationMethods } from "./methods.js";
import type { OptionColumns } from "./option-columns.js";
import type { Region, Regions } from "./regions.js";

/** One kernel, what is handed out of its memory, and the main thread's scratch. */
export interface KernelSpace {
  readonly kernel: Kernel;
  readonly regions: Regions;
  readonly scratch: Ptr;
}

/**
 * Options of one kernel call. The cut depends on the options alone, never on threads. Cash dividends take a hundred times
 * as long as the closed form, so their pieces are shorter.
 */
const pieceRows: Readonly<Record<ValuationMethod, number>> = { european: 256, american: 256, dividends: 64 };

const termColumns = 5;
const callFlag = 1;
const americanFlag = 2;

/** Options first .. first + rows - 1 in the kernel's order, all of one method, in one kernel call. */
export interface Piece {
  readonly method: ValuationMethod;
  readonly first: number;
  readonly rows: number;
  /** rows | terms | flags, and of cash dividends offsets | years | amounts: how every kernel call begins. */
  readonly parameters: readonly number[];
}

interface PieceRows {
  readonly method: ValuationMethod;
  readonly first: number;
  /** Rows of the columns, in the kernel's order. */
  readonly rows: Int32Array;
  /** Of all its options. */
  readonly dividendCount: number;
}

/**
 * Options whose terms lie in the kernel's memory, written there once, in the order and the pieces in which it takes them.
 *
 *     piece of n   terms 5 columns of n f64 | flags n u8 | dividends: offsets n + 1 i32, years d f64, amounts d f64
 *
 * Questions about them (`question.ts`) read these terms in place. Whoever placed them gives their memory and that of all
 * questions back by `release()`; no question may be priced or read after that.
 */
export class PlacedOptions {
  readonly space: KernelSpace;
  readonly count: number;
  readonly pieces: readonly Piece[];
  /** By position of an option in the list that was placed: its position in the kernel's order. */
  readonly slotOf: Int32Array;
  /** By slot: first slot and number of options of its piece. */
  readonly firstOf: Int32Array;
  readonly rowsOf: Int32Array;
  readonly #held: Region[] = [];

  /** @param rows which rows of `options`, and their order in the list */
  constructor(space: KernelSpace, options: OptionColumns, rows: ArrayLike<number>) {
    this.space = space;
    this.count = rows.length;
    this.slotOf = new Int32Array(rows.length);
    this.firstOf = new Int32Array(rows.length);
    this.rowsOf = new Int32Array(rows.length);
    const cut = this.#cut(options, rows);
    const plan = (arena: Arena) => cut.map((piece) => ({ piece, ptrs: takePiece(arena, piece) }));
    const laid = plan(new Arena(this.take(bytesOf(plan))));
    const memory = viewsOf(space.kernel);
    this.pieces = laid.map(({ piece, ptrs }) => writePiece(memory, ptrs, piece, options));
  }

  /** A block of kernel memory that goes back together with the options. */
  take(bytes: number): Ptr {
    const region = this.space.regions.take(bytes);
    this.#held.push(region);
    return region.ptr;
  }

  release(): void {
    for (const region of this.#held.splice(0)) this.space.regions.give(region);
  }

  #cut(options: OptionColumns, rows: ArrayLike<number>): PieceRows[] {
    const positions = partitionRows(options, rows);
    const ordered = new Int32Array(rows.length);
    const pieces: PieceRows[] = [];
    let first = 0;
    for (const method of valuationMethods) {
      const all = positions[method];
      for (let i = 0; i < all.length; i++) {
        const position = all[i] ?? -1;
        this.slotOf[position] = first + i;
        ordered[first + i] = rows[position] ?? -1;
      }
      for (const end = first + all.length; first < end;) {
        const next = Math.min(first + pieceRows[method], end);
        const ofPiece = ordered.subarray(first, next);
        const dividendCount = method === "dividends" ? this.#countDividends(options, ofPiece) : 0;
        pieces.push({ method, first, rows: ofPiece, dividendCount });
        this.firstOf.fill(first, first, next);
        this.rowsOf.fill(next - first, first, next);
        first = next;
      }
    }
    return pieces;
  }

  #countDividends({ dividends }: OptionColumns, rows: Int32Array): number {
    const most = this.space.kernel.exports.maxDividendCount();
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const length = dividends[rows[i] ?? -1]?.years.length ?? 0;
      if (length > most) throw kernelError(`${length} cash dividends in one option, at most ${most}`);
      count += length;
    }
    return count;
  }
}

interface PiecePtrs {
  readonly terms: Ptr;
  readonly flags: Ptr;
  /** Offsets, years, amounts; none where the method knows no dividends. */
  readonly dividends: readonly Ptr[];
}

function takePiece(arena: Arena, { method, rows, dividendCount: count }: PieceRows): PiecePtrs {
  const n = rows.length;
  const terms = arena.take(termColumns * n * 8);
  const flags = arena.take(n);
  if (method !== "dividends") return { terms, flags, dividends: [] };
  return { terms, flags, dividends: [arena.take((n + 1) * 4), arena.take(count * 8), arena.take(count * 8)] };
}

/** The whole of a kernel's memory as numbers: a view of its own for each piece takes as long as writing it. */
interface MemoryViews {
  readonly bytes: Uint8Array;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
}

function viewsOf({ memory: { buffer } }: Kernel): MemoryViews {
  return { bytes: new Uint8Array(buffer), ints: new Int32Array(buffer), doubles: new Float64Array(buffer) };
}

function writePiece(memory: MemoryViews, ptrs: PiecePtrs, piece: PieceRows, options: OptionColumns): Piece {
  const { method, first, rows } = piece;
  const n = rows.length;
  const { doubles, bytes } = memory;
  const { spot, strike, years, rate, dividendYield, isCall, isAmerican } = options;
  const at = ptrs.terms / 8;
  for (let i = 0; i < n; i++) {
    const row = rows[i] ?? -1;
    doubles[at + i] = spot[row] ?? Number.NaN;
    doubles[at + n + i] = strike[row] ?? Number.NaN;
    doubles[at + 2 * n + i] = years[row] ?? Number.NaN;
    doubles[at + 3 * n + i] = rate[row] ?? Number.NaN;
    doubles[at + 4 * n + i] = dividendYield[row] ?? Number.NaN;
    bytes[ptrs.flags + i] = (isCall[row] === 1 ? callFlag : 0) | (isAmerican[row] === 1 ? americanFlag : 0);
  }
  if (method === "dividends") writeDividends(memory, ptrs, rows, options);
  return { method, first, rows: n, parameters: [n, ptrs.terms, ptrs.flags, ...ptrs.dividends] };
}

/** Those of row i lie at offsets[i] .. offsets[i + 1] - 1. */
function writeDividends(
  { ints, doubles }: MemoryViews,
  { dividends: [offsetsPtr = 0, yearsPtr = 0, amountsPtr = 0] }: PiecePtrs,
  rows: Int32Array,
  { dividends }: OptionColumns,
): void {
  const [offsets, years, amounts] = [offsetsPtr / 4, yearsPtr / 8, amountsPtr / 8];
  let end = 0;
  ints[offsets] = 0;
  for (let i = 0; i < rows.length; i++) {
    const schedule = dividends[rows[i] ?? -1] ?? null;
    const count = schedule?.years.length ?? 0;
    for (let k = 0; k < count; k++, end++) {
      doubles[years + end] = schedule?.years[k] ?? Number.NaN;
      doubles[amounts + end] = schedule?.amounts[k] ?? Number.NaN;
    }
    ints[offsets + i + 1] = end;
  }
}
