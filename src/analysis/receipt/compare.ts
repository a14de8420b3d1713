import type { Receipt, ReceiptNode } from "./document.js";

/**
 * Where two receipts of what should be the same run part: the deepest node on the way down that differs, or the head.
 *
 * @returns `null` where they are the same.
 */
export function firstDifference(a: Receipt, b: Receipt): { path: string[]; what: string } | null {
  if (a.root === b.root) return null;
  const { run: runA, root: _, ...headA } = a;
  const { run: runB, root: __, ...headB } = b;
  for (const key of Object.keys(headA) as (keyof typeof headA)[])
    if (JSON.stringify(headA[key]) !== JSON.stringify(headB[key]))
      return { path: [], what: `${key}: recomputed as ${JSON.stringify(headB[key])}` };
  return nodeDifference(runA, runB, []);
}

function nodeDifference(
  a: ReceiptNode,
  b: ReceiptNode,
  above: readonly string[],
): { path: string[]; what: string } {
  const path = [...above, `${a.kind} ${a.id}`];
  const [partsA, partsB] = [childrenOf(a), childrenOf(b)];
  for (const [i, part] of partsA.entries()) {
    const other = partsB[i];
    if (other !== undefined && named(other) === named(part) && other.hash !== part.hash)
      return nodeDifference(part, other, path);
  }
  const [namesA, namesB] = [partsA.map(named), partsB.map(named)];
  if (namesA.join("\n") !== namesB.join("\n"))
    return { path, what: `parts: recomputed as ${namesB.join(", ") || "none"}` };
  const entries = Object.entries(b).filter(([key]) => key !== "hash" && key !== "children");
  const [key, value] = entries.find(
    ([name, found]) => JSON.stringify((a as Record<string, unknown>)[name]) !== JSON.stringify(found),
  ) ?? ["hash", b.hash];
  return { path, what: `${key}: recomputed as ${JSON.stringify(value)}` };
}

function named(node: ReceiptNode): string {
  return `${node.kind} ${node.id}`;
}

function childrenOf(node: ReceiptNode): readonly ReceiptNode[] {
  return "children" in node ? node.children : [];
}
