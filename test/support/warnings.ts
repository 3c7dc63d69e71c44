/** Messages of the warnings that Node prints on stderr while `work` runs. */
export async function warningsOf(work: () => unknown): Promise<string[]> {
  const messages: string[] = [];
  const note = ({ message }: Error) => messages.push(message);
  process.on("warning", note);

  try {
    await work();
    // Node emits them in the next turn of its loop.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("warning", note);
  }

  return messages;
}
