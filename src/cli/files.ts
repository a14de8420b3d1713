import { globSync, isDynamicPattern } from "tinyglobby";

/**
 * File names with glob patterns expanded, in code-unit order; others as they are. A pattern that matches nothing
 * stays as it is, so that the read names it as not found.
 */
export function expandedFiles(names: readonly string[] | undefined): string[] {
  return (names ?? []).flatMap((name) => {
    if (!isDynamicPattern(name)) return [name];
    const found = globSync(name, { onlyFiles: true, expandDirectories: false });
    return found.length === 0 ? [name] : found.toSorted();
  });
}
