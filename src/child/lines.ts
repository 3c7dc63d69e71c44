const LONGEST_LINE = 16 * 1024;

/** Cuts bytes into lines of at most 16 KiB; longer ones are dropped and counted. */
export function lineReader(onLine: (line: string) => void): {
  push(chunk: Buffer): void;
  dropped(): number;
} {
  let rest = "";
  let dropped = 0;
  let skipping = false;
  const decoder = new TextDecoder();

  function line(text: string): void {
    if (skipping || text.length > LONGEST_LINE) dropped += 1;
    else if (text.trim() !== "") onLine(text);
    skipping = false;
  }

  return {
    push(chunk) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split(
        "\n",
      );

      rest = parts.pop() ?? "";
      for (const part of parts) line(part);

      if (rest.length > LONGEST_LINE) {
        rest = "";
        skipping = true;
      }
    },
    dropped: () => dropped + (skipping ? 1 : 0),
  };
}
