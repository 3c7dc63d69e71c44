import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Messages of the warnings that Node prints on stderr because of `work`. Others of the same process do not count: tests
 * of functions share one, and Node itself warns of what an earlier one left open.
 */
export async function warningsOf(work: () => unknown): Promise<string[]> {
  const messages: string[] = [];
  const inside = new AsyncLocalStorage<true>();
  const note = ({ message }: Error) => {
    if (inside.getStore()) messages.push(message);
  };
  process.on("warning", note);

  try {
    await inside.run(true, async () => {
      await work();
      // Node emits them in the next turn of its loop.
      await new Promise((resolve) => setImmediate(resolve));
    });
  } finally {
    process.off("warning", note);
  }

  return messages;
}
