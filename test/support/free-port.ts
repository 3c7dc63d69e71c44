import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that Linux hands out by itself (32768 and more): no other server, and no outgoing connection, takes one
 * by chance before its server listens, or while that is being restarted.
 */
const [FIRST, BEHIND] = [10_000, 32_000];

/** A port of 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, BEHIND);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }

  probe.close();
  await once(probe, "close");

  return true;
}
