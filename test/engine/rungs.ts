import { join } from "node:path";
import { tryAnotherUser } from "../../src/engine/another-user.ts";
import { tryBubblewrap } from "../../src/engine/bubblewrap.ts";
import { readEnvironment } from "../../src/environment/environment.ts";

const ctx = {
  environment: readEnvironment({ PATH: process.env.PATH }),
  cwd: "/nowhere",
  home: "/nowhere",
  root: join(import.meta.dirname, "../.."),
  now: () => new Date(),
  signal: new AbortController().signal,
};

const reached = {
  bubblewrap: await tryBubblewrap(ctx),
  uid: await tryAnotherUser(ctx, []),
};

/**
 * Whether this machine lets us climb there; where not, the reason is printed, or is an error with
 * MODEL_TO_EDGE_TEST_REAL=required. Use: `it.skipIf(!canReach("uid"))`.
 */
export function canReach(...levels: (keyof typeof reached)[]): boolean {
  const reasons = levels.flatMap((level) => {
    const rung = reached[level];
    if ("because" in rung) return [rung.because];
    return level === "uid" && rung.says.includes("reachable")
      ? ["another user: no namespaces here"]
      : [];
  });
  if (reasons.length === 0) return true;
  if (process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error(reasons.join("; "));
  console.log(`skipped: ${reasons.join("; ")}`);
  return false;
}
