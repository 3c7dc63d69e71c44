import type { Context } from "../../context.ts";
import { withLock } from "../../disk/lock.ts";
import type { Layout } from "./layout.ts";
import { storeWritten } from "./not-writable.ts";

const PUBLISHING = {
  patienceMs: 60_000,
  doing: "publishing into this store",
};

/**
 * Runs what changes what branches show, while no other process does so. Throws `ExternalError` where another holds the
 * lock for more than a minute, and what `storeWritten` throws.
 */
export function underStoreLock<T>(
  { signal }: Pick<Context, "signal">,
  layout: Layout,
  work: () => Promise<T>,
): Promise<T> {
  return storeWritten(layout.root, signal, () =>
    withLock(layout.lock, { signal, ...PUBLISHING }, work),
  );
}
