import { dirname } from "node:path";
import { expect, it } from "vitest";
import { tryLandlock } from "../../src/engine/landlock.ts";
import { processesBelow, waitUntil } from "../child/children.ts";
import { canReach } from "./rungs.ts";
import { runToy, testContext } from "./toy.ts";

it.skipIf(!canReach("uid"))(
  "in Landlock alone, a process that left the group of one that hangs is gone with it",
  async () => {
    const isolation = await tryLandlock(testContext());
    if ("because" in isolation) throw new Error(isolation.because);
    const { outcome, output } = await runToy(
      { isolation, timeoutMs: 1500 },
      { misbehave: "detach-and-hang" },
    );
    expect(outcome).toMatchObject({ failure: { code: "engine-timeout" } });
    await waitUntil(() => processesBelow(dirname(output)).length === 0);
  },
);
