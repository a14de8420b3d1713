import { worstOfTypes } from "../requirement/portfolio-margin.js";
import type { ClassGroup } from "../risk/grid-set.js";
import type { PreparedRisk } from "../risk/prepare.js";
import type { Scenario } from "../scenarios/grid.js";
import type { KernelCall } from "../valuation/kernel-call.js";
import { askNetting, type NettedGroup } from "../valuation/netting.js";
import type { BookFigures } from "./figures.js";
import type { BookGroup, BookLayout } from "./layout.js";
import type { PlacedLots } from "./lots.js";

/** Makes kernel calls on whatever threads; returns what a reader should know of it. */
export type RunCalls = (calls: readonly KernelCall[]) => Promise<readonly string[]>;

/**
 * Accounts of one piece of the firm's sums: those of a piece are added up account by account, then the pieces in their order,
 * whatever the number of threads and wherever a book is cut into blocks (blocks are made of whole pieces).
 */
export const accountsAPiece = 65_536;

/** Holdings of groups whose results lie in memory at once. */
const holdingsAtOnce = 4_194_304;

/**
 * Nets every group of a block of accounts and adds what comes out to the figures: group after group in their order, so that
 * each account's sums run in that order.
 *
 * @param firstAccount number in the run of the block's account 0
 */
export async function netBlock(
  { layout, placed, prepared, accountsPerPiece }: NettedBlock,
  figures: BookFigures,
  firstAccount: number,
  run: RunCalls,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const wave of wavesOf(placed)) {
    const asked = wave.map((g) => ({
      group: groupAt(layout, g).netting,
      slice: placed.slices[g] ?? nothing,
    }));
    const question = askNetting(asked, { columns: placed.columns, accountsPerPiece });
    try {
      notes.push(...(await run(question.calls)));
      question.results().forEach((netted, k) => {
        const group = groupAt(layout, wave[k] ?? -1);
        figures.addAccounts(netted, firstAccount, reasonsOf(group, netted, prepared));
        figures.addClassGroups(group.classes, netted);
      });
    } finally {
      question.release();
    }
  }
  return notes;
}

export interface NettedBlock {
  readonly layout: BookLayout;
  readonly placed: PlacedLots;
  readonly prepared: PreparedRisk;
  /** A power of two; {@link accountsAPiece} but in tests. */
  readonly accountsPerPiece: number;
}

const nothing = { first: 0, count: 0, accounts: 0 };

function groupAt({ groups }: BookLayout, g: number): BookGroup {
  const group = groups[g];
  if (group === undefined) throw new RangeError(`no group ${g}`);
  return group;
}

/** Groups that hold something, in their order, so many at a time that their results fit. */
function wavesOf({ slices }: PlacedLots): number[][] {
  const waves: number[][] = [];
  let room = 0;
  slices.forEach(({ count }, g) => {
    if (count === 0) return;
    if (room <= 0) {
      waves.push([]);
      room = holdingsAtOnce;
    }
    waves.at(-1)?.push(g);
    room -= count;
  });
  return waves;
}

/** What the rows of a group can stand on. */
export interface RowReasons {
  /** Class groups of the run, by class group within the group. */
  readonly classes: Int32Array;
  /** By scenario, of the first class group. */
  readonly labels: readonly string[];
  /** Where class groups move differently: the label tells those that the account holds. Null where all move alike. */
  readonly mixedLabel: ((row: number, scenario: number) => string) | null;
}

function reasonsOf(group: BookGroup, netted: NettedGroup, { classGroups, grids }: PreparedRisk): RowReasons {
  const scenariosOf = (classGroup: ClassGroup): readonly Scenario[] => grids.gridOf(classGroup).scenarios;
  const all = [...group.classes].flatMap((at) => classGroups[at] ?? []);
  const labels = all.map((each) => scenariosOf(each).map(({ label }) => label));
  const isAlike = labels.every((own) => own.every((label, s) => label === labels[0]?.[s]));
  const { classes } = group;
  if (isAlike) return { classes, labels: labels[0] ?? [], mixedLabel: null };
  const known = new Map<string, string>();
  const mixedLabel = (row: number, scenario: number): string => {
    const held = heldClasses(row, netted, group);
    const key = `${scenario}:${held.join(" ")}`;
    const label =
      known.get(key) ??
      worstOfTypes(
        held.flatMap((at) => all[at] ?? []),
        scenario,
        scenariosOf,
      ).label;
    known.set(key, label);
    return label;
  };
  return { classes, labels: labels[0] ?? [], mixedLabel };
}

/** Class groups within the group that a row holds, ascending. */
function heldClasses(row: number, { start, rank }: NettedGroup, { netting }: BookGroup): number[] {
  const { classOf } = netting.contracts;
  const held: number[] = [];
  for (let h = start[row] ?? 0; h < (start[row + 1] ?? 0); h++) {
    const at = classOf[rank[h] ?? -1] ?? -1;
    if (at !== held.at(-1)) held.push(at);
  }
  return held;
}
