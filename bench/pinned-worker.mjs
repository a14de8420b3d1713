// The engine's worker, tied to a core.
import { pinThread } from "./pin.mjs";

export { runTask } from "../dist/workers/worker.js";

pinThread();
