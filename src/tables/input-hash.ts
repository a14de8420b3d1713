import type { Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { FileBytes } from "./file-bytes.js";

/** Name and length before the bytes, so that no two sets of files run together into the same stream. */
export function update(hash: Hash, name: string, bytes: Buffer): void {
  hash.update(`${name} ${bytes.length}\n`).update(bytes);
}

/** As {@link update}, of a file's bytes, wherever they are. */
export function hashFile(hash: Hash, name: string, { file, bytes, isLeft }: FileBytes): void {
  if (isLeft === true) updateFromFile(hash, name, file);
  else update(hash, name, bytes);
}

/** As {@link update}, of a file that may not fit into memory. */
export function updateFromFile(hash: Hash, name: string, file: string): void {
  const descriptor = openSync(file, "r");
  try {
    hash.update(`${name} ${fstatSync(descriptor).size}\n`);
    const part = Buffer.alloc(bytesAtOnce);
    for (let read = readSync(descriptor, part); read > 0; read = readSync(descriptor, part))
      hash.update(part.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
}

const bytesAtOnce = 4_194_304;
