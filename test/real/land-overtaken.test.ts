import { describe, expect, it } from "vitest";
import { faultProxy } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLandWorld } from "./land-world.ts";

const parts = await realLakefs();

/**
 * At which request of a landing the other job lands, and removes the data branch: by default those that stand between a
 * look at the branch and its use. `LAND_REQUESTS=60` tries each of the first 60.
 */
const REQUESTS = process.env.LAND_REQUESTS
  ? Array.from({ length: Number(process.env.LAND_REQUESTS) }, (_, at) => at)
  : [7, 8, 9, 10, 11, 13, 45, 47];

describe.skipIf(!parts)("land, overtaken by another job's landing", () => {
  const at = useLandWorld(parts);

  it.each(REQUESTS)("says that it was landed, at request %i", async (index) => {
    const commit = await at.merged();
    const proxy = await faultProxy(at.server.endpoint);
    const others: Awaited<ReturnType<typeof at.story.land>>[] = [];
    proxy.before(
      () => proxy.exchanges.length === index + 1,
      async () => {
        others.push(await at.story.land(commit));
      },
    );

    const run = await at.story.land(commit, [], {
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    await proxy.close();

    expect(others).toMatchObject([{ code: 0 }]);
    expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });

    const landings = (await at.main.log()).filter(({ message }) =>
      message.startsWith("land "),
    );
    expect(landings).toHaveLength(1);
    expect(run.document.requests).toMatchObject([
      {
        status: expect.stringMatching(/^(already|landed)$/),
        landed: landings[0]?.id,
      },
    ]);
    expect(await at.feature.branches()).toEqual(["main"]);
  });
});
