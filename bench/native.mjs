// Builds the C++ baselines with g++ where there is a compiler and Node's headers; else the rows say why there are none.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @returns {{ addon?: any, missing?: string }} */
export function nativeAddon(name, flags, libraries = []) {
  const include = join(dirname(process.execPath), "..", "include", "node");
  if (!existsSync(join(include, "node_api.h"))) return { missing: "Node's C headers were not found" };
  const source = path(`native/${name}.cpp`);
  const target = path(`../build/native/${name}.node`);
  if (!existsSync(target) || statSync(target).mtimeMs < statSync(source).mtimeMs) {
    mkdirSync(dirname(target), { recursive: true });
    const built = spawnSync("g++", [
      ...flags,
      "-shared",
      "-fPIC",
      `-I${include}`,
      "-o",
      target,
      source,
      ...libraries,
    ]);
    if (built.error) return { missing: "g++ was not found" };
    if (built.status !== 0) return { missing: `g++ could not build ${name}.cpp here` };
  }
  try {
    return { addon: require(target) };
  } catch (error) {
    return { missing: `${name}: ${String(error).split("\n")[0]}` };
  }
}
