import type { Hash } from "node:crypto";

/** A SHA-256 to be filled. Node's module is loaded when something is hashed, for a short run may not wait for it. */
export function sha256(): Hash {
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}
