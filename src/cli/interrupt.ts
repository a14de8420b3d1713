const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs work that leaves something half done behind where the program is interrupted meanwhile: then `undo` is called, and the
 * program ends by that signal, as it does where there is nothing to undo (a shell tells 130 of Ctrl-C, 143 of SIGTERM).
 *
 * Only work that leaves something takes signals. Whatever else runs ends at once, even where the main thread computes.
 */
export async function orUndone<T>(undo: () => void, work: () => Promise<T>): Promise<T> {
  const release = onInterrupt(undo);
  try {
    return await work();
  } finally {
    release();
  }
}

/** As {@link orUndone}, of work that is one piece: what interrupts it is heard after it. */
export function orUndoneAtOnce<T>(undo: () => void, work: () => T): T {
  const release = onInterrupt(undo);
  try {
    return work();
  } finally {
    release();
  }
}

function onInterrupt(undo: () => void): () => void {
  let isOver = false;
  const forget = (): void => {
    for (const signal of signals) process.off(signal, stop);
  };
  const stop = (signal: NodeJS.Signals): void => {
    if (!isOver) undo();
    forget();
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, stop);
  return () => {
    isOver = true;
    // A signal that came while the main thread was busy is told in the next turn of the event loop, not before.
    setImmediate(() => setImmediate(forget));
  };
}
