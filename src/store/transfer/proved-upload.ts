import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { ExternalError } from "../../errors.ts";
import { connectionWords } from "../../network/connection-words.ts";
import type { Digest } from "../digest.ts";
import { isChecksumOf } from "./checksum.ts";
import { Garbled, NoAnswer } from "./errors.ts";
import { inStep } from "./object-step.ts";
import type { Uploader } from "./sending.ts";
import { tried } from "./tried.ts";
import { watched } from "./watchdog.ts";

/** What was sent, as this side read it, and the checksum of what arrived. */
export interface Sent extends Digest {
  size: number;
  etag: string;
}

/** An object to send, and what people call it. */
export interface Named {
  key: string;
  name: string;
}

/**
 * Sends until what the store has is what was hashed here: by the store's checksum, or, where the store makes its
 * checksums in another way, by reading it back. Throws `ExternalError` where twice something else arrived, or the
 * server says so again and again.
 */
export function provedUpload(
  up: Uploader,
  named: Named,
  send: () => Promise<Sent>,
): Promise<Sent> {
  return inStep("upload", named.name, () => sentAndProved(up, named, send));
}

async function sentAndProved(
  up: Uploader,
  { key, name }: Named,
  send: () => Promise<Sent>,
): Promise<Sent> {
  for (let round = 1; ; round++) {
    const sent = await send().catch((error) => {
      throw error instanceof Garbled ? corrupt(name) : error;
    });
    if (isChecksumOf(sent.etag, sent.parts)) return sent;
    if ((await readBack(up, key)) === sent.sha256) return sent;

    if (round === 2) throw corrupt(name);
    up.watch?.objectAgain(
      name,
      "other bytes arrived than were sent, and it is sent again",
    );
  }
}

/** sha256 of what the store has under the key now. */
export async function readBack(up: Uploader, key: string): Promise<string> {
  return tried(up, () =>
    watched(up.signal, up.timing.idleMs, async (signal, touch) => {
      const { body } = await up.s3.getObject(key, 0, signal);
      return sha256Of(body, touch);
    }),
  );
}

/** sha256 of an answer's body, hashed as it arrives; throws `NoAnswer` where it is cut off. `touch` hears of each piece. */
export async function sha256Of(
  body: Readable,
  touch: () => void,
): Promise<string> {
  const hash = createHash("sha256");

  try {
    for await (const chunk of body) {
      hash.update(chunk as Buffer);
      touch();
    }
  } catch (error) {
    throw new NoAnswer(connectionWords(error, (error as Error).message));
  }

  return hash.digest("hex");
}

function corrupt(name: string): ExternalError {
  return new ExternalError(
    `${name} was uploaded more than once, and each time different bytes arrived`,
    {
      code: "corrupt-upload",
      hint: "something between this machine and the store changes bytes, or the file changes while it is read: run again, on another machine if it happens again",
    },
  );
}
