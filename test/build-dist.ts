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
  const source = Math.max(newestMs("src", ".ts"), newestMs("src", ".yaml"));
  if (Math.min(newestMs("dist", ".js"), newestMs("dist/cli", ".js")) >= source) return;
  execFileSync("npm", ["run", "build:source"], { cwd: root, stdio: "inherit" });
}
