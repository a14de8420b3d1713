/**
 * File names with glob patterns expanded, in code-unit order; others as they are. A pattern that matches nothing
 * stays as it is, so that the read names it as not found.
 */
export async function expandedFiles(names: readonly string[] | undefined): Promise<string[]> {
  const all = names ?? [];
  // A run on plain names does not wait for what expands patterns.
  if (!all.some((name) => /[*?[\](){}!+@|\\]/.test(name))) return [...all];
  const { globSync, isDynamicPattern } = await import("tinyglobby");
  return all.flatMap((name) => {
    if (!isDynamicPattern(name)) return [name];
    const found = globSync(name, { onlyFiles: true, expandDirectories: false });
    return found.length === 0 ? [name] : found.toSorted();
  });
}
