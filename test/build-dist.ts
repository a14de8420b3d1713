import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function newestMs(folder: string, ending: string): number {
  if (!existsSync(join(root, folder))) return -Infinity;
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const times = names
    .filter((name) => name.endsWith(ending))
    .map((name) => statSync(join(root, folder, name)).mtimeMs);
  return Math.max(-Infinity, ...times);
}

/** Tests of the commands run what is built: builds it once before the tests where it is missing or older than src. */
export function setup(): void {
  if (newestMs("dist", ".js") >= newestMs("src", ".ts")) return;
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
}
