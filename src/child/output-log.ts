import { createWriteStream } from "node:fs";
import { formatBytes } from "../text/format-bytes.ts";

/** What a child prints: a file with its beginning and its end, and the last lines for messages. Memory is bounded. */
export interface OutputLog {
  /** A sink for one of the child's streams; lines of several streams do not mix. */
  stream(): (chunk: Buffer | null) => void;
  end(): Promise<{ tail: string[]; cutBytes: number }>;
}

export interface OutputLogOptions {
  /** Null keeps only the last lines. */
  file: string | null;
  /** Of the file: half for the beginning, half for the end. */
  maxBytes: number;
  clean(text: string): string;
  /** Lines of the beginning, cleaned; a flood is not passed on. */
  onLine?: ((line: string) => void) | undefined;
}

const LONGEST_LINE = 64 * 1024;
const TAIL_LINES = 40;
const TAIL_BYTES = 32 * 1024;

export function createOutputLog({
  file,
  maxBytes,
  clean,
  onLine,
}: OutputLogOptions): OutputLog {
  const half = Math.max(TAIL_BYTES, Math.floor(maxBytes / 2));
  const out = file === null ? null : createWriteStream(file);
  // A full disk must not end the run: the last lines are still in memory.
  out?.on("error", () => undefined);

  let written = 0;
  let cutBytes = 0;
  const recent = createRing(half, (block) => {
    if (!block.written) cutBytes += block.data.length;
  });

  function take(data: Buffer): void {
    const head = written < half;
    recent.push({ data, written: head });
    if (!head) return;

    written += data.length;

    const text = clean(data.toString("utf8"));
    out?.write(text);
    if (onLine) for (const line of text.trimEnd().split("\n")) onLine(line);
  }

  async function end(): Promise<{ tail: string[]; cutBytes: number }> {
    const blocks = recent.blocks();
    const rest = Buffer.concat(
      blocks.filter((block) => !block.written).map((block) => block.data),
    );
    if (cutBytes > 0)
      out?.write(`\n[... ${formatBytes(cutBytes)} cut here ...]\n\n`);

    if (out && !out.closed)
      await new Promise<void>((done) =>
        out.once("close", done).end(clean(rest.toString("utf8"))),
      );

    const last = Buffer.concat(blocks.map((block) => block.data)).subarray(
      -TAIL_BYTES,
    );

    const lines = clean(last.toString("utf8")).split("\n");

    return {
      tail: lines.filter((line) => line.trim() !== "").slice(-TAIL_LINES),
      cutBytes,
    };
  }

  return { stream: () => wholeLines(take), end };
}

interface Block {
  data: Buffer;
  written: boolean;
}

/** The last blocks, up to `limit` bytes in all. */
function createRing(limit: number, dropped: (block: Block) => void) {
  let blocks: Block[] = [];
  let first = 0;
  let size = 0;

  return {
    blocks: () => blocks.slice(first),
    push(block: Block) {
      blocks.push(block);
      size += block.data.length;

      for (
        let oldest = blocks[first];
        oldest && size > limit && first < blocks.length - 1;
        oldest = blocks[first]
      ) {
        dropped(oldest);
        size -= oldest.data.length;
        first += 1;
      }

      if (first > 1000) {
        blocks = blocks.slice(first);
        first = 0;
      }
    },
  };
}

/** Passes on only whole lines; a line without end is cut into pieces. `null` ends the stream. */
function wholeLines(
  take: (block: Buffer) => void,
): (chunk: Buffer | null) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const data = chunk === null ? rest : Buffer.concat([rest, chunk]);
    const end =
      chunk === null || data.length > LONGEST_LINE
        ? data.length
        : data.lastIndexOf(10) + 1;

    rest = data.subarray(end);
    if (end > 0) take(data.subarray(0, end));
  };
}
