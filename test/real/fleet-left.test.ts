import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { keyPair } from "../attest/signing.ts";
import { CHEAP } from "../fleet/fleet-store.ts";
import { convertBatches, type FleetSteps, fleetSteps } from "../fleet/steps.ts";
import type { CommandOptions } from "../support/command-line.ts";
import { type Exchange, faultProxy } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";
import { IS_WHOLE } from "./fleet-world.ts";
import { CI } from "./lost-job.ts";

const parts = await realLakefs();
const NAMES = ["a", "b", "c"];
const whole = test.runIf(IS_WHOLE);

/** A model became part of the fleet's draft. */
const isKept = ({ method, path }: Exchange) =>
  method === "POST" && /\/merge\/mte-draft-/.test(path);
const isUploadOf = (name: string) => (exchange: Exchange) =>
  exchange.method === "PUT" && exchange.path.includes(`/edge/${name}/`);

describe.skipIf(!parts)("a fleet's lost job, on a real lakeFS server", () => {
  const lakefs = useLakefs(parts);

  async function fleet(own: Record<string, string> = {}) {
    const repository = await lakefs.server.repository();
    const main = new DataBranch(lakefs.server, repository, "main");
    await main.commit(
      Object.fromEntries(
        NAMES.flatMap((name) => [
          [`model/${name}/model.json`, '{"channels":4}'],
          [`model/${name}/scale.weights`, GOOD_WEIGHTS],
        ]),
      ),
    );
    const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
    const proxy = await faultProxy(lakefs.server.endpoint);
    onTestFinished(async () => {
      rmSync(cwd, { recursive: true, force: true });
      await proxy.close();
    });
    writeFileSync(join(cwd, "conversion.yaml"), CHEAP);
    const env = {
      ...{ ...lakefs.server.env, ...CI, ...own },
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    };
    const place = { cwd, url: `lakefs://${repository}`, env };
    const isolation = "MODEL_TO_EDGE_SIGNING_KEY" in own ? "auto" : "none";

    /** The first job of the fleet, whose runner is lost before the n-th request of a kind is passed on. */
    const lose = async (
      steps: FleetSteps,
      matches: (exchange: Exchange) => boolean,
      nth = 1,
    ) => {
      let seen = 0;
      const run = await convert(steps, (child) =>
        proxy.before(
          (exchange) => matches(exchange) && ++seen === nth,
          async () => {
            child.kill("SIGKILL");
            await new Promise((resolve) => child.once("close", resolve));
          },
        ),
      );
      expect(run.signal, run.stdout).toBe("SIGKILL");
      // Documents of a lost job are not uploaded.
      rmSync(steps.at("models"), { recursive: true, force: true });
    };
    const convert = (
      { step }: FleetSteps,
      started?: CommandOptions["started"],
    ) =>
      step(
        [
          ...["convert", "--store", place.url, "--batch", "1"],
          ...["--isolation", isolation],
        ],
        started ? { started } : {},
      );

    return {
      ...{ main, proxy, lose, convert },
      steps: (out: string) => fleetSteps(place, out),
    };
  }

  async function planned(steps: FleetSteps, jobs: number) {
    for (const run of [
      await steps.plan(),
      await steps.fleet("--max-jobs", String(jobs)),
    ])
      expect(run.code, run.stdout).toBe(0);
    return steps;
  }

  /** Models for which an engine ran in the job that ended last. */
  const converted = ({ json, at }: FleetSteps, names = NAMES) =>
    names.filter((name) => {
      const { status } = json<Conversion>(`models/${name}/conversion.json`);
      const ran = existsSync(at(`models/${name}/engine.log`));
      expect(status).toBe(ran ? "converted" : "rechecked");
      return ran;
    });

  const ends = async (
    steps: FleetSteps,
    main: DataBranch,
    own: Record<string, string> = {},
  ): Promise<void> => {
    const run = await steps.publish(own);
    expect(run.code, run.stdout).toBe(0);
    expect(steps.json<Publication>("publication.json")).toMatchObject({
      ...{ status: "published", models: NAMES },
    });
    for (const name of NAMES)
      expect(await main.read(`edge/${name}/manifest.json`)).not.toHaveLength(0);
    expect(await main.branches()).toEqual(["main"]);
  };

  test("is tried again, after a restart of lakeFS, and converts only what is missing", async () => {
    const { main, steps, lose, convert } = await fleet();
    const out = await planned(steps("out"), 1);
    await lose(out, isUploadOf("c"));
    expect(await main.branches()).toHaveLength(3);
    await lakefs.server.kill();
    await lakefs.server.start();

    const again = await convert(out);
    expect(again.code, again.stdout).toBe(0);
    expect(converted(out)).toEqual(["c"]);
    await ends(out, main);
    // The model, one commit of the fleet, and its merge, upon the first of the repository.
    expect(await main.commits()).toHaveLength(4);
  }, 120_000);

  whole.each<[string, (exchange: Exchange) => boolean, number, string[]]>([
    [
      "before it made a branch",
      ({ method, path }) => method === "POST" && path.endsWith("/branches"),
      1,
      NAMES,
    ],
    [
      "before its first commit",
      ({ method, path }) => method === "POST" && path.endsWith("/commits"),
      1,
      NAMES,
    ],
    ["before its second model is kept", isKept, 2, ["b", "c"]],
    ["before its last model is kept", isKept, 3, ["c"]],
  ])(
    "that is killed %s converts again what was not kept",
    async (_when, matches, nth, missing) => {
      const { main, steps, lose, convert } = await fleet();
      const out = await planned(steps("out"), 1);
      await lose(out, matches, nth);
      const again = await convert(out);
      expect(again.code, again.stdout).toBe(0);
      expect(converted(out)).toEqual(missing);
      await ends(out, main);
    },
    120_000,
  );

  whole(
    "leaves its models to the next pipeline, which spreads them over other jobs",
    async () => {
      const { main, steps, lose } = await fleet();
      await lose(await planned(steps("lost"), 1), isKept, 3);
      const next = steps("next");
      const runs = await convertBatches(next, { jobs: 3 });
      expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
      expect(converted(next)).toEqual(["c"]);

      const run = await next.publish();
      expect(run.code, run.stdout).toBe(0);
      const sweep = await next.step([
        ...["sweep", "--store", next.place.url, "--older-than", "0"],
      ]);
      expect(sweep.code, sweep.stdout).toBe(0);
      expect(await main.branches()).toEqual(["main"]);
    },
    120_000,
  );

  whole(
    "that has no key where the job that publishes has one converts anew, and all of it is published",
    async () => {
      const { main, steps, lose, convert } = await fleet();
      const out = await planned(steps("out"), 1);
      const { publicKey, privateKey } = keyPair();
      writeFileSync(join(out.place.cwd, "model-to-edge.pub"), publicKey);
      await lose(out, isKept, 3);
      const again = await convert(out);
      expect(again.code, again.stdout).toBe(0);
      expect(converted(out)).toEqual(NAMES);
      await ends(out, main, { MODEL_TO_EDGE_SIGNING_KEY: privateKey });
    },
    120_000,
  );

  whole(
    "is tried again under a signing key: its own counts, another's does not",
    async () => {
      const keyed = () => ({
        MODEL_TO_EDGE_SIGNING_KEY: keyPair().privateKey,
      });
      const { main, steps, lose, convert } = await fleet(keyed());
      const out = await planned(steps("out"), 1);
      await lose(out, isKept, 3);
      const foreign = await out.step(
        [
          ...["convert", "--store", out.place.url, "--batch", "1"],
          ...["--isolation", "auto"],
        ],
        { env: keyed() },
      );
      expect(foreign.code, foreign.stdout).toBe(0);
      expect(converted(out)).toEqual(NAMES);
      rmSync(out.at("models"), { recursive: true });

      // The later run of the job stands in the draft now, and this one's key signed nothing of it.
      const own = await convert(out);
      expect(own.code, own.stdout).toBe(0);
      expect(converted(out)).toEqual(NAMES);
      rmSync(out.at("models"), { recursive: true });

      const again = await convert(out);
      expect(again.code, again.stdout).toBe(0);
      expect(converted(out)).toEqual([]);
      await ends(out, main);
    },
    240_000,
  );
});
