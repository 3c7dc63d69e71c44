import { writeSync } from "node:fs";
import { toLines, type WorkerMessage } from "./channel.ts";

/** Writes a message to file descriptor 3. The pipe is full where the parent is slow; then it is tried again. */
export function send(message: WorkerMessage): void {
  const bytes = Buffer.from(toLines(message));
  for (let sent = 0; sent < bytes.length; ) {
    try {
      sent += writeSync(3, bytes, sent);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
