import { expect, onTestFinished, test } from "vitest";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { openJournal } from "./kills/journal.ts";
import { calm, storm } from "./kills/storm.ts";
import { makeWorld } from "./kills/world.ts";

const parts = await realLakefs();
/** Minutes: `KILLS=60 npm run test:kills`; a few seconds in `npm test`. */
const MINUTES = Number(process.env.KILLS ?? 0);
const SEED = Number(process.env.KILLS_SEED ?? Date.now() % 1e9);
/** Where a long run notes what happens, to be looked at meanwhile. */
const NOTES = process.env.KILLS_NOTES ?? null;
const ROUND = MINUTES > 0 ? 90_000 : 5_000;

const lakefs = useLakefs(parts);

test.skipIf(!parts || parts.endpoint)(
  `pipelines at once, killed at random: nothing is mixed, lost or left (KILLS_SEED=${SEED})`,
  { timeout: MINUTES * 2 * 60_000 + 600_000 },
  async () => {
    const journal = openJournal(NOTES);
    const world = await makeWorld(lakefs.server, { seed: SEED, journal });
    onTestFinished(() => world.remove());
    const end = Date.now() + MINUTES * 60_000;

    // All branches begin with what `main` publishes here.
    await calm(world);
    do {
      await storm(world, {
        actors: MINUTES > 0 ? 10 : 6,
        features: MINUTES > 0 ? 4 : 2,
        ms: ROUND,
        serverDiesEveryMs: ROUND / 4,
      });
      await calm(world);
      journal.note(JSON.stringify(journal.counts));
    } while (Date.now() < end && journal.found.length < 20);

    const { counts, found } = journal;
    console.log(
      `seed ${SEED}, ${world.history.size} states: ${JSON.stringify(counts, null, 1)}`,
    );
    expect(found).toEqual([]);
    expect(counts.publications).toBeGreaterThan(0);
    if (MINUTES > 0) expect(counts["run: SIGKILL"]).toBeGreaterThan(0);
  },
);
