import { addAbortSignal, type Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { openObject, otherSize } from "./open-object.ts";
import { tellBroken } from "./tell-broken.ts";
import { tried } from "./tried.ts";
import type { Downloader, Wanted } from "./wanted.ts";
import { watched } from "./watchdog.ts";

/**
 * Fetches an object into `bytes`, of its size; goes on where a try broke off. `count` hears of the bytes of each try. Throws `Garbled`
 * where again and again another number of bytes comes than is listed.
 */
export async function receiveBytes(
  down: Downloader,
  wanted: Wanted,
  bytes: Uint8Array,
  count: (from: number) => (bytes: number) => void,
): Promise<void> {
  let there = 0;
  const again = tellBroken(down, wanted);

  const receive = async (signal: AbortSignal, touch: () => void) => {
    const { body, from } = await openObject(down.s3, wanted, there, signal);
    again.opened(from);
    const advance = count(from);
    let end = from;

    try {
      await pour(addAbortSignal(signal, body), (chunk) => {
        if (end + chunk.length <= bytes.length) bytes.set(chunk, end);
        end += chunk.length;
        there = Math.min(end, bytes.length);
        touch();
        advance(chunk.length);
      });
    } catch (error) {
      throw again.broken(error);
    }
    if (end === bytes.length) return;

    there = 0;
    throw otherSize(wanted, end);
  };

  await tried(down, () => watched(down.signal, down.timing.idleMs, receive));
}

/** Hands on each piece as it arrives: an iterator would join some of them first. Throws what ends the stream, or `take`. */
async function pour(
  body: Readable,
  take: (chunk: Buffer) => void,
): Promise<void> {
  body.on("data", (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (error) {
      body.destroy(error as Error);
    }
  });

  await finished(body);
}
