import { readFileSync } from "node:fs";

/** Version of this package. Folders of src, of dist and the bundled commands lie equally deep. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const { version } = manifest as { version: string };
  return version;
}
