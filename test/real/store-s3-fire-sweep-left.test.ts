import { describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { s3StoreAt } from "../store/s3-under-test.ts";
import { hasS3, S3_KINDS } from "../support/s3-servers.ts";
import { useS3Fire } from "./s3-fire.ts";
import { planS3, type S3Strike } from "./s3-strikes.ts";
import { HURRY } from "./s3-sweep-world.ts";

for (const kind of S3_KINDS)
  describe.skipIf(!hasS3(kind))(
    `a sweep of all that others left in S3, each of whose calls goes wrong (${kind})`,
    () => {
      const s3 = useS3Fire(kind);
      const { world } = s3;
      const openStore = () => s3StoreAt(s3.at.store.url, s3.env(), HURRY);

      async function strikeStore(strike: S3Strike): Promise<string[]> {
        await s3.fresh(true);
        const store = await openStore();
        const isMet = planS3(s3.proxy, strike);
        const error = await world.sweepIn(store).then(
          (swept) => swept?.refused[0] ?? swept?.kept ?? null,
          (thrown: unknown) => thrown,
        );
        const problems = isMet() ? [] : ["no call met it"];
        await store.close();
        s3.proxy.forget();

        if (error instanceof Error && !(error instanceof AppError))
          problems.push(`not foreseen: ${error.stack}`);
        if (error === null) problems.push(...(await world.left()));
        problems.push(...(await world.lost()), ...(await world.next()));
        problems.push(...(await world.left()), ...(await world.lost()));
        return problems.length > 0
          ? [`${strike.says}: ${error}`, ...problems]
          : [];
      }

      test("removes a left landing, a dead publication and a branch removed by half, or says why not", {
        timeout: 3_600_000,
      }, async () => {
        await s3.fresh(true);
        const store = await openStore();
        await world.sweepIn(store);
        await store.close();
        expect([await world.left(), await world.lost()]).toEqual([[], []]);

        // In this process: a kill of it is a test of the command.
        const living = ({ isKill }: S3Strike) => !isKill;
        expect(await s3.strikes(strikeStore, living)).toEqual([]);
      });
    },
  );
