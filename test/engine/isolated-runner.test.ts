import { expect, it } from "vitest";
import { processesWith, waitUntil } from "../child/children.ts";
import { startRunner } from "../child/start-runner.ts";
import { canReach } from "./rungs.ts";

const RUNNER = new URL(
  "../fixtures/children/isolated-runner.ts",
  import.meta.url,
);

it.skipIf(!canReach("bubblewrap", "uid")).each([
  ["bubblewrap", "71.2"],
  ["uid", "72.2"],
])(
  "at the rung %s all processes die with a runner that is killed outright",
  async (rung, seconds) => {
    const { runner, ended } = await startRunner(RUNNER, [rung, seconds]);
    await waitUntil(() => processesWith(seconds).length > 1);
    runner.kill("SIGKILL");
    await ended;
    await waitUntil(() => processesWith(seconds).length === 0);
    expect(processesWith(seconds)).toEqual([]);
  },
);
