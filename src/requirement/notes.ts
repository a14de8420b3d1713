import type { ClassGroup } from "../risk/grid-set.js";
import type { PreparedRisk } from "../risk/prepare.js";
import { gridEntryOf } from "../rules/grid-entries.js";
import type { RuleSet } from "../rules/load.js";
import { futuresRootOf } from "../rules/products.js";
import type { Standing } from "../rules/schema.js";
import { theoreticalNotes } from "./theoretical-use.js";

/** What a reader must know beside the numbers: stated defaults, and figures of the rule set nobody has confirmed. */
export function notesOf(
  rules: RuleSet,
  prepared: PreparedRisk,
  accounts: readonly { readonly unverified: readonly string[] }[],
): { notes: readonly string[]; unverified: readonly string[] } {
  const { contracts, market, theoretical } = prepared;
  const hasOptions = contracts.isOption.some((is, row) => is === 1 && theoretical.isTheoretical[row] !== 1);
  const ratesNote = hasOptions && !market.hasRates ? ["No rates were given: every rate is taken as 0."] : [];
  // House tests are in the lists of the accounts alone.
  const unverified = [
    ...new Set([
      ...unverifiedFigures(rules, prepared, [...contracts.symbols.keys()]),
      ...accounts.flatMap((account) => account.unverified),
    ]),
  ];
  const notes = [
    ...(rules.notice === undefined ? [] : [rules.notice]),
    ...ratesNote,
    ...theoreticalNotes(rules, prepared),
    ...(prepared.dividendModel === "escrowed" ? [escrowedNote] : []),
    ...optionsOffTheirForward(rules, prepared),
    ...unverifiedNotes(rules, unverified),
  ];
  return { notes, unverified };
}

const escrowedNote =
  "Cash dividends by the escrowed model, as asked: the price less their present value is lognormal. Values differ from the spot model's.";

/** Options valued on an index of today where they are options on its forward. */
function optionsOffTheirForward(rules: RuleSet, { contracts }: PreparedRisk): string[] {
  const forwards = new Set(rules.products.flatMap((p) => (p.optionsOnForward === true ? [p.symbol] : [])));
  const held = contracts.underlying.filter(
    (symbol, row) => contracts.isOption[row] === 1 && forwards.has(symbol),
  );
  return [...new Set(held)].map(
    (symbol) =>
      `Options on ${symbol} are options on its forward; they were valued on the index of today, because no future was given as their underlying.`,
  );
}

/** One sentence for a reader; none where every figure is confirmed. */
export function unverifiedNotes(rules: { readonly name: string }, figures: readonly string[]): string[] {
  return figures.length === 0
    ? []
    : [`Unverified entries of ${rules.name} were used: ${figures.join(", ")}.`];
}

/** The contracts and class groups that figures of a rule set were used for. */
interface Used {
  readonly symbols: readonly string[];
  readonly underlyings: ReadonlySet<string>;
  readonly classGroups: readonly ClassGroup[];
  readonly hasOptions: boolean;
  readonly hasFutures: boolean;
  readonly hasNotEligible: boolean;
}

/** Unverified figures of the rule set behind the contracts in `rows`, each by what it is. */
export function unverifiedFigures(rules: RuleSet, prepared: PreparedRisk, rows: readonly number[]): string[] {
  const used = usedBy(prepared, rows);
  const figures = [...movesUsed(rules, used), ...productsUsed(rules, used), ...offsetsUsed(rules, used)];
  if (used.hasOptions || used.hasFutures) figures.push({ what: "minimum per contract", ...rules.minimum });
  if (used.hasNotEligible) figures.push({ what: "shares that are not eligible", ...rules.notEligible });
  return figures.filter((figure) => figure.standing === "unverified").map(({ what }) => what);
}

function usedBy(
  { contracts, classGroups, classOrder, notEligible }: PreparedRisk,
  rows: readonly number[],
): Used {
  const groups = [...new Set(rows.map((row) => classOrder[row] ?? -1))].toSorted((a, b) => a - b);
  return {
    symbols: rows.map((row) => contracts.symbols[row] ?? ""),
    underlyings: new Set(rows.map((row) => contracts.underlying[row] ?? "")),
    classGroups: groups.flatMap((i) => classGroups[i] ?? []),
    hasOptions: rows.some((row) => contracts.isOption[row] === 1),
    hasFutures: rows.some((row) => contracts.isFuture[row] === 1),
    hasNotEligible: rows.some((row) => notEligible[row] === 1),
  };
}

type Figure = { what: string; standing: Standing };

function productsUsed(rules: RuleSet, { underlyings, symbols }: Used): Figure[] {
  const optionRoots = new Set(symbols.map((symbol) => symbol.slice(0, 6).trimEnd()));
  const futuresRoots = new Set([...underlyings].map(futuresRootOf));
  return [
    ...rules.products
      .filter((p) => underlyings.has(p.symbol))
      .map((p) => ({ what: `product ${p.symbol}`, ...p })),
    ...rules.futuresRoots
      .filter((r) => futuresRoots.has(r.root))
      .map((r) => ({ what: `futures root ${r.root}`, ...r })),
    ...rules.optionRoots
      .filter((r) => optionRoots.has(r.root))
      .map((r) => ({ what: `option root ${r.root}`, ...r })),
  ];
}

/**
 * A product group's share works between two class groups held, and on the gain of a single one that another product
 * group of its portfolio group is held against.
 */
function offsetsUsed(rules: RuleSet, { classGroups }: Used): Figure[] {
  const ids = new Set(classGroups.map(({ id }) => id));
  const held = rules.productGroups.filter((group) => group.classGroups.some((id) => ids.has(id)));
  const count = (portfolioGroup: string): number =>
    held.filter((group) => group.portfolioGroup === portfolioGroup).length;
  const works = (group: (typeof held)[number]): boolean =>
    group.classGroups.filter((id) => ids.has(id)).length > 1 ||
    (group.classGroups.length > 1 && count(group.portfolioGroup) > 1);
  return [
    ...held.filter(works).map((group) => ({ what: `offset of product group ${group.id}`, ...group })),
    ...rules.portfolioGroups
      .filter(({ id }) => count(id) > 1)
      .map((group) => ({ what: `offset of portfolio group ${group.id}`, ...group })),
  ];
}

/** Price moves of the types and class groups held, extra scenarios, and volatility moves where options are held. */
function movesUsed(rules: RuleSet, { classGroups, hasOptions }: Used): Figure[] {
  const own = new Map(
    rules.classGrids.flatMap((entry) => entry.classGroups.map((id) => [id, entry] as const)),
  );
  const named = classGroups.map((group) => {
    const who = own.has(group.id) ? `class group ${group.id}` : group.portfolioType;
    return [who, gridEntryOf(rules, group)] as const;
  });
  const grids = [...new Map(named)];
  const volatility = grids.flatMap(([who, { volatilityMoves }]) =>
    volatilityMoves === undefined ? [] : [{ what: `volatility moves of ${who}`, ...volatilityMoves }],
  );
  const common =
    volatility.length < grids.length ? [{ what: "volatility moves", ...rules.volatilityMoves }] : [];
  return [
    ...grids.map(([who, entry]) => ({ what: `moves of ${who}`, standing: entry.standing })),
    ...(hasOptions ? [...volatility, ...common] : []),
    ...rules.extraScenarios.map((entry, i) => ({ what: `extra scenario ${i + 1}`, ...entry })),
  ];
}
