import { appendFileSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import { useStore } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { type FaultProxy, faultProxy } from "../support/fault-proxy.ts";
import type { S3Kind } from "../support/s3-servers.ts";
import { chosenStrikes, type S3Strike } from "./s3-strikes.ts";
import { sweepWorld } from "./s3-sweep-world.ts";
import { useS3 } from "./use-s3.ts";

const NOTES = process.env.FIRE_NOTES;

/** A store in S3 that is to be swept, behind a proxy that breaks calls. */
export function useS3Fire(kind: S3Kind) {
  const s3 = useS3(kind);
  const at = useStore<S3UnderTest>(() => s3UnderTest(s3.server));
  const world = sweepWorld(() => s3.server, at);
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await faultProxy(s3.server.endpoint);
  });
  afterAll(async () => {
    await proxy.close();
  });

  return {
    at,
    world,
    get proxy(): FaultProxy {
      return proxy;
    },
    /** The variables of a program that reaches the server through the proxy. */
    env: () => ({ ...s3.server.env, AWS_ENDPOINT_URL_S3: proxy.endpoint }),
    /** A store of its own; `isAll` as `fill` of the world has it. */
    async fresh(isAll: boolean): Promise<void> {
      await at.under.close();
      at.under = await s3UnderTest(s3.server);
      at.store = at.under.store;
      await at.under.write("main", { "model/a/w.pth": "weights" });
      await world.fill(isAll);
      proxy.forget();
    },
    /** Tries the chosen ones of all that can befall the calls that the proxy has seen; answers what went wrong. */
    async strikes(
      strikeOnce: (strike: S3Strike) => Promise<string[]>,
      isMeant?: (strike: S3Strike) => boolean,
    ): Promise<string[]> {
      const wrong: string[] = [];
      const chosen = chosenStrikes(proxy.exchanges, kind, isMeant);
      for (const strike of chosen) {
        const problems = await strikeOnce(strike);
        if (NOTES)
          appendFileSync(NOTES, `${strike.says}\n${problems.join("\n  ")}\n`);
        wrong.push(...problems);
      }
      return wrong;
    },
  };
}
