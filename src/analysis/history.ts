import { type Failure, failure } from "../basics/failure.js";
import type { Market } from "../market/market.js";
import type { Table } from "../tables/table.js";

/** Days of a history as scenarios: every underlying moves as it did on that day. */
export interface History {
  /** `YYYY-MM-DD`, ascending: the days on which something held has a return. */
  readonly dates: readonly string[];
  /** By date; NaN where neither the symbol nor its class group has a return. */
  returnsOf(underlying: number): Float64Array;
}

/**
 * Reads returns by symbol and date: `return` where it is given, else the close over the symbol's last close before it, less
 * 1. The first close of a symbol gives none. Splits and dividends must be in the closes already: a fall that no holder felt
 * is a fall here.
 *
 * An underlying without a return on a day moves with its class group: as the symbol that the class group is named after, else
 * as its first symbol with a return, each in proportion to the leverages.
 */
export function historyOf(table: Table, { underlyings }: Market, held: ReadonlySet<number>): History {
  const bySymbol = returnsBySymbol(table);
  const members = new Map<string, number[]>();
  underlyings.classGroup.forEach((id, at) => members.set(id, [...(members.get(id) ?? []), at]));
  const sourcesOf = (at: number): number[] => {
    const id = underlyings.classGroup[at] ?? "";
    const namesake = underlyings.rowOf.get(id);
    const others = members.get(id) ?? [];
    return [
      ...new Set([at, ...(namesake !== undefined && others.includes(namesake) ? [namesake] : []), ...others]),
    ];
  };
  // A member of the class group that is in the history but not in the book counts too where the table lists it.
  const dates = [
    ...new Set(
      [...held].flatMap((at) =>
        sourcesOf(at).flatMap((source) => [
          ...(bySymbol.get(underlyings.symbols[source] ?? "")?.keys() ?? []),
        ]),
      ),
    ),
  ].toSorted();
  return {
    dates,
    returnsOf: (at) => {
      const sources = sourcesOf(at).flatMap((source) => {
        const returns = bySymbol.get(underlyings.symbols[source] ?? "");
        const leverage = underlyings.leverage[source] ?? 1;
        if (returns === undefined || (source !== at && leverage === 0)) return [];
        return [{ returns, factor: source === at ? 1 : (underlyings.leverage[at] ?? 1) / leverage }];
      });
      return Float64Array.from(dates, (date) => {
        const source = sources.find(({ returns }) => returns.has(date));
        return source === undefined
          ? Number.NaN
          : Math.max(-1, source.factor * (source.returns.get(date) ?? Number.NaN));
      });
    },
  };
}

function returnsBySymbol(table: Table): Map<string, Map<string, number>> {
  const rows = new Map<string, number[]>();
  const symbols = table.text("symbol");
  const dates = table.text("date");
  const [closes, returns] = [table.number("close"), table.number("return")];
  symbols.forEach((symbol, row) => {
    if (symbol === null || dates[row] === null) return;
    const known = rows.get(symbol);
    if (known === undefined) rows.set(symbol, [row]);
    else known.push(row);
  });
  const dateOf = (row: number): string => dates[row] ?? "";
  return new Map(
    [...rows].map(([symbol, own]) => {
      const found = new Map<string, number>();
      let lastClose = Number.NaN;
      for (const row of own.toSorted((a, b) => (dateOf(a) < dateOf(b) ? -1 : 1))) {
        // Behind a bad row the next close has nothing to be compared with.
        const isBad = table.rejected[row] === 1;
        const close = isBad ? Number.NaN : (closes[row] ?? Number.NaN);
        const given = isBad ? Number.NaN : (returns[row] ?? Number.NaN);
        const move = Number.isNaN(given) ? close / lastClose - 1 : given;
        if (!Number.isNaN(move)) found.set(dateOf(row), move);
        if (isBad || !Number.isNaN(close)) lastClose = close;
      }
      return [symbol, found];
    }),
  );
}

/** One failure for each underlying held that some day or some scenario leaves open. */
export function missingMoves(
  names: readonly string[],
  namedCount: number,
  moves: readonly { readonly symbol: string; readonly price: Float64Array }[],
): Failure[] {
  return moves.flatMap(({ symbol, price }) => {
    const open = [...price.keys()].filter((s) => Number.isNaN(price[s] ?? Number.NaN));
    const [days, named] = [open.filter((s) => s >= namedCount), open.filter((s) => s < namedCount)];
    return [
      ...(named.length === 0
        ? []
        : [
            failure("SCENARIO_MOVE_MISSING", {
              value: symbol,
              expected: `a move in every scenario; missing in ${listed(named, names)}`,
              symbol,
            }),
          ]),
      ...(days.length === 0
        ? []
        : [
            failure("HISTORY_MISSING", {
              value: symbol,
              expected: `a return on every date; missing on ${listed(days, names)}`,
              symbol,
            }),
          ]),
    ];
  });
}

function listed(all: readonly number[], names: readonly string[]): string {
  const shown = all.slice(0, 3).map((s) => names[s]);
  return `${all.length} of them: ${shown.join(", ")}${all.length > 3 ? ", …" : ""}`;
}
