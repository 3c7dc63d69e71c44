import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pieceOf } from "../../disk/hash-file.ts";
import { errorCode } from "../../node-error.ts";
import { notRegular } from "../refusals.ts";
import { statToken } from "./token.ts";

const CHUNK = 1 << 20;

export interface CopyOptions {
  signal: AbortSignal;
  progress?: ((bytes: number) => void) | undefined;
  /** To the disk before it gets its name. */
  sync?: boolean;
}

export interface Copied {
  size: number;
  sha256: string;
  /** The source's stat token when the copy was done; null where the source changed meanwhile. */
  token: string | null;
}

/** Copies a file, hashed on the way; `to` appears whole or not at all. A source that is a link is refused. */
export async function copyHashed(
  from: string,
  to: string,
  options: CopyOptions,
): Promise<Copied> {
  const partial = `${to}.partial`;
  await mkdir(dirname(to), { recursive: true });
  const source = await openUnoptimised(from);
  try {
    const before = await source.stat({ bigint: true });
    if (!before.isFile()) throw notRegular(from);

    const target = await open(partial, "w");
    const hash = createHash("sha256");
    let size = 0;

    try {
      for await (const chunk of source.createReadStream({
        autoClose: false,
        highWaterMark: pieceOf(Number(before.size), CHUNK),
        start: 0,
      })) {
        options.signal.throwIfAborted();
        hash.update(chunk);
        await target.writeFile(chunk);
        size += chunk.length;
        options.progress?.(chunk.length);
      }
      if (options.sync) await target.sync();
    } finally {
      await target.close();
    }

    await rename(partial, to);

    const token = statToken(await source.stat({ bigint: true }));

    return {
      size,
      sha256: hash.digest("hex"),
      token: token === statToken(before) ? token : null,
    };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    await source.close();
  }
}

async function openUnoptimised(file: string): Promise<FileHandle> {
  try {
    return await open(
      file,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    throw errorCode(error) === "ELOOP" ? notRegular(file) : error;
  }
}
