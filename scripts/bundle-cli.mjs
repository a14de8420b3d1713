// Puts the command and the packages it uses into few files, dist/cli: a run then starts in a third of the time that loading
// some hundred modules one by one takes. CommonJS, for Node starts it sooner than modules; src/cli/start.ts loads it. Run by
// `npm run build`.
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "dist/cli");

/** Left where they are installed: native code, files that they look for beside themselves, or too large for a few runs. */
const apart = ["@duckdb/node-bindings", "apache-arrow", "highs", "piscina"];

const bundle = await rolldown({
  cwd: root,
  input: { main: "src/cli/start.ts", command: "src/cli/main.ts", worker: "src/workers/worker.ts" },
  platform: "node",
  external: [/^node:/, ...apart],
  // jsonc-parser's CommonJS loads its parts by names that no bundler can follow.
  resolve: { mainFields: ["module", "main"] },
});
rmSync(out, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: out,
  format: "cjs",
  sourcemap: true,
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
});
await bundle.close();
// npm makes a command executable when it links it; where it has linked one of this name before, it does not look again.
chmodSync(join(out, "main.js"), 0o755);

// The package's own files are modules; these are not.
writeFileSync(join(out, "package.json"), '{ "type": "commonjs" }\n');
writeFileSync(join(out, "NOTICES.txt"), noticesOf(output.flatMap(({ moduleIds = [] }) => moduleIds)));

/** Licences of the packages whose code is in the bundle. */
function noticesOf(modules) {
  const folders = modules
    .filter((id) => id.includes(`${sep}node_modules${sep}`))
    .map((id) => packageFolder(dirname(id)));
  return [...new Set(folders)]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map(noticeOf)
    .join("\n");
}

function packageFolder(folder) {
  const manifest = join(folder, "package.json");
  // Folders inside a package may have a manifest too; it names none.
  const isPackage = existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name !== undefined;
  return isPackage ? folder : packageFolder(dirname(folder));
}

function noticeOf(folder) {
  const { name, version, license, author } = createRequire(import.meta.url)(join(folder, "package.json"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE-MIT.txt", "license"]
    .map((candidate) => join(folder, candidate))
    .find((candidate) => existsSync(candidate));
  const by = typeof author === "string" ? author : (author?.name ?? "");
  const text = file === undefined ? `${license} ${by}` : readFileSync(file, "utf8").trim();
  return `${name} ${version}\n\n${text}\n`;
}
