import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const main = join(root, "dist/cli/main.js");

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line program. */
export function plimsoll(...args: string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, COLUMNS: "200", NO_COLOR: "1" },
  });
  return { code: status, out: stdout, err: stderr };
}

/** A folder of its own for a test file; `put` writes a file into it and gives its path. */
export function scratch(): {
  put: (name: string, text: string | Buffer) => string;
  path: (name: string) => string;
} {
  const state = { folder: "" };
  beforeAll(() => {
    state.folder = mkdtempSync(join(tmpdir(), "plimsoll-"));
  });
  afterAll(() => rmSync(state.folder, { recursive: true, force: true }));
  const path = (name: string): string => join(state.folder, name);
  const put = (name: string, text: string | Buffer): string => {
    writeFileSync(path(name), text);
    return path(name);
  };
  return { put, path };
}
