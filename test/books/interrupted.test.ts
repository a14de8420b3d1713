import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plimsoll, root } from "../cli/run.js";
import { BookFolder } from "./book-files.js";

const main = join(root, "dist/cli/main.js");

let folder: BookFolder;
beforeAll(async () => {
  folder = await BookFolder.open();
  const made = ["scripts/make-book.mjs", "--accounts", "2000", "--underlyings", "200", "--out", folder.path];
  execFileSync(process.execPath, made, { cwd: root });
});
afterAll(() => folder.close());

const at = (name: string): string => join(folder.path, name);

function asked(...more: string[]): string[] {
  const names = ["positions", "underlyings", "options", "dividends", "rates", "accounts"];
  const tables = names.flatMap((name) => [`--${name}`, at(`${name}.parquet`)]);
  return ["margin", ...tables, "--as-of", "2026-11-20T16:00:00-05:00", ...more];
}

describe("a run that Ctrl-C ends", () => {
  test.each([150, 400, 800, 1200])(
    "after %i ms leaves a whole file or none, and nothing else",
    async (ms) => {
      const out = at("interrupted.parquet");
      const before = readdirSync(folder.path);
      const words = asked("--format", "parquet", "--out", out, "--threads", "2");
      const child = spawn(process.execPath, [main, ...words], { stdio: "ignore" });
      const ended = new Promise<readonly [number | null, string | null]>((resolve) => {
        child.on("exit", (code, signal) => resolve([code, signal]));
      });
      setTimeout(() => child.kill("SIGINT"), ms);
      const [code, signal] = await ended;
      const added = readdirSync(folder.path).filter((name) => !before.includes(name));
      // It may have been done by then, and may have had its file whole just before it ended.
      expect([0, null]).toContain(code);
      expect(signal).toBe(code === 0 ? null : "SIGINT");
      if (code === 0 || added.length > 0) {
        expect(added).toEqual(["interrupted.parquet"]);
        await folder.sql(`copy (select 1 from '${out}') to '${at("read.parquet")}' (format parquet)`);
      }
      for (const name of ["interrupted.parquet", "read.parquet"]) rmSync(at(name), { force: true });
    },
  );
});

/** `script` of util-linux runs a command in a terminal of its own. */
const hasTerminal = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

describe.skipIf(!hasTerminal)(`in a terminal${hasTerminal ? "" : " (skipped: there is none here)"}`, () => {
  function inTerminal(...words: string[]): { code: number | null; shown: string } {
    const command = [process.execPath, main, ...words].map((word) => `'${word}'`).join(" ");
    const { status, stdout } = spawnSync("script", ["-qec", command, at("typescript")], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    return { code: status, shown: stdout };
  }

  /** What stands behind the line that was cleared last. */
  function afterBar(shown: string): string {
    const cleared = "\u001B[2K";
    return shown.slice(shown.lastIndexOf(cleared) + cleared.length);
  }

  test("the bar shows step, rate and time left, and is gone at the end", () => {
    const store = at("runs.duckdb");
    const { code, shown } = inTerminal(
      ...asked("--format", "csv", "--out", at("rows.csv"), "--store", store),
    );
    expect(code).toBe(0);
    expect(shown).toMatch(/% \| [a-z ]+ \| [\d.]+[kM]? rows\/s \| \d+s left/);
    expect(afterBar(shown)).toMatch(/^run [0-9a-f]{12} stored in \S+runs\.duckdb\r\n$/);
    expect(shown).not.toContain("\u001B[?");
    expect(readFileSync(at("rows.csv"), "utf8")).toBe(plimsoll(...asked("--format", "csv")).out);
  });

  test("rows on the same terminal come after the bar", () => {
    const { code, shown } = inTerminal(...asked("--format", "csv"));
    expect(code).toBe(0);
    expect(afterBar(shown).replaceAll("\r\n", "\n")).toBe(plimsoll(...asked("--format", "csv")).out);
  });

  test("the bar is gone where a file cannot be written", () => {
    const { code, shown } = inTerminal(...asked("--format", "csv", "--out", at("no/rows.csv")));
    expect(code).toBe(2);
    expect(afterBar(shown)).toMatch(/^FILE_UNWRITABLE .*\r\n$/);
  });
});

test("nothing of the bar where standard error is no terminal", () => {
  expect(plimsoll(...asked("--format", "csv")).err).toBe("");
});
