import { type FileHandle, open } from "node:fs/promises";
import { messageStart } from "./encode.ts";
import type { Field, WireReader } from "./wire.ts";

const PIECE = 1 << 20;

/** A part of a new file: new bytes, and behind them bytes of the old one. */
export interface Part {
  before: Buffer;
  from: number;
  to: number;
}

export function added(bytes: Buffer): Part {
  return { before: bytes, from: 0, to: 0 };
}

/** A field with a message that is made of these. */
export function wrapped(field: number, parts: readonly Part[]): Part[] {
  const length = parts.reduce(
    (sum, { before, from, to }) => sum + before.length + to - from,
    0,
  );
  return [added(messageStart(field, length)), ...parts];
}

/** A message whose fields are others where `change` gives some, and else what they were. Throws `MalformedOnnx`. */
export function changed(
  reader: WireReader,
  message: Field,
  change: (field: Field) => Part[] | null,
): Part[] {
  const parts: Part[] = [];
  let from = message.start;

  for (const [field, start] of withStarts(reader, message)) {
    const others = change(field);
    if (others === null) continue;
    parts.push(kept(from, start), ...others);
    from = field.end;
  }

  return [...parts, kept(from, message.end)];
}

/** Fields with the place where their tag stands. */
export function* withStarts(
  reader: WireReader,
  { start, end }: Field,
): Generator<[Field, number]> {
  let at = start;
  for (const field of reader.fields(start, end)) {
    yield [field, at];
    at = field.end;
  }
}

/** Writes the parts of `model` into `copy`, piece by piece. Rejects with the system's error. */
export async function writeParts(
  model: string,
  copy: string,
  parts: readonly Part[],
): Promise<void> {
  const source = await open(model, "r");
  try {
    const target = await open(copy, "w");
    try {
      for (const part of parts) await writePart(source, target, part);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function writePart(
  source: FileHandle,
  target: FileHandle,
  { before, from, to }: Part,
): Promise<void> {
  await target.write(before);

  const piece = Buffer.alloc(Math.min(PIECE, to - from));
  for (let at = from; at < to; ) {
    const { bytesRead } = await source.read(
      piece,
      0,
      Math.min(piece.length, to - at),
      at,
    );
    if (bytesRead === 0) throw new Error(`${copyProblem} at byte ${at}`);
    await target.write(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

const copyProblem = "the model's file ended while it was copied";

function kept(from: number, to: number): Part {
  return { before: Buffer.alloc(0), from, to };
}
