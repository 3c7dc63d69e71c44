import { describe, expect, test } from "vitest";
import { useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import type { Fault } from "../support/fault-proxy.ts";
import { ALL_S3, hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { landingSteps } from "./store-s3-landing.ts";
import { useS3 } from "./use-s3.ts";

/** A killed process makes no further call; the last one may still be carried out. */
const LAST: readonly Fault[] = ALL_S3
  ? ["reset", "lost-answer"]
  : ["lost-answer"];
const EVERY = ALL_S3 ? 1 : 19;
/** Nobody waits for the dead, and a sweep takes what is left at once. */
const QUICK = { helpMs: 50, pollMs: 10, holdMs: 0 };

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(`a landing broken off in S3 (${kind})`, () => {
    const s3 = useS3(kind);
    const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server, {}, QUICK));
    const steps = landingSteps(at);

    test.each(LAST)(
      "at each call, the last one met by %s: a reader sees the old state or the new one, and the next try lands",
      async (fault) => {
        const seen = new Set<string>();

        for (let call = 0; ; call += EVERY) {
          await at.under.close();
          at.under = await s3UnderTest(s3.server, {}, QUICK);
          at.store = at.under.store;
          const { head, count } = await steps.broken(s3.server, {
            from: (_, index) => index >= call,
            fault,
          });

          // Once before anybody else comes, once after.
          if (call % 2 === 0) await sweepAll();
          const shown = await steps.shown(at.store);
          expect(["old and old.txt", "new"], `${call}`).toContain(shown);
          seen.add(shown);
          if (call % 2 === 1) await sweepAll();

          const again = await steps.land(at.store, "topic", head);
          expect(again.status, `${call}`).toBe("landed");
          expect(await steps.shown(at.store), `${call}`).toBe("new");
          await sweepAll();
          expect(await steps.shown(at.store), `${call}`).toBe("new");
          expect(await steps.left(), `${call}`).toEqual(["main.json"]);
          if (count <= call) break;
        }

        expect([...seen].sort()).toEqual(["new", "old and old.txt"]);
      },
      // Twelve minutes on a busy machine.
      1_800_000,
    );

    const sweepAll = () =>
      at.store.sweepContent?.({ olderThanMs: 0, dryRun: false });
  });
