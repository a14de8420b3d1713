#!/usr/bin/env node
// `dist/cli/main.js`: loads the files of the bundled command with what V8 made of them when the package was built, which
// compiling them anew would take longer than reading it. V8 itself refuses what another version of it, or one with other flags,
// has made; then, and for files of which nothing was kept, it compiles as ever.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

// How much of a function runs (in bytes of its code, V8's own choice being a quarter) before V8 makes it fast: of the functions of a
// short run, most end sooner than the work on them would. Loops over a large book are made fast within milliseconds all the same.
// The V8 of later Nodes has no such flag, and would say so on standard error.
if (process.version.startsWith("v20.")) setFlagsFromString("--interrupt-budget=540000");

type Exports = Record<string, unknown>;
type Body = (
  module: { exports: Exports },
  exports: Exports,
  require: (id: string) => unknown,
  file: string,
) => void;

const folder = dirname(fileURLToPath(import.meta.url));
const outside = createRequire(import.meta.url);
const keptIn = join(folder, `compiled-${process.version}-${process.arch}`);
const modules = new Map<string, { exports: Exports }>();

/** By name of file, as compiled; the build keeps what V8 made of them: `scripts/compile-cli.mjs`. */
export const scripts = new Map<string, Script>();

/**
 * As `require` of CommonJS: the bundle's own files from here, everything else by Node. No file of the bundle imports a module: V8
 * does not keep who is to load it.
 */
function load(id: string): unknown {
  if (!id.startsWith("./")) return id === "node:child_process" ? late(id) : outside(id);
  const known = modules.get(id);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(id, module);
  const file = join(folder, id);
  const script = new Script(
    `(function (module, exports, require, __filename) {${readFileSync(file, "utf8")}\n})`,
    {
      filename: file,
      ...keptOf(id),
    },
  );
  scripts.set(id, script);
  (script.runInThisContext() as Body)(module, module.exports, load, file);
  return module.exports;
}

/** Loads a module of Node when it is used: commander asks for one that it needs for subcommands that are programs by themselves. */
function late(id: string): unknown {
  return new Proxy({}, { get: (_, name) => Reflect.get(outside(id) as object, name) });
}

function keptOf(id: string): { cachedData: Buffer } | null {
  const file = join(keptIn, `${id}.bin`);
  return existsSync(file) ? { cachedData: readFileSync(file) } : null;
}

load("./command.js");
