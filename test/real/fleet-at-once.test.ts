import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { CHEAP } from "../fleet/fleet-store.ts";
import { convertBatches, type FleetSteps, fleetSteps } from "../fleet/steps.ts";
import type { CommandRun } from "../support/command-line.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";
import { IS_WHOLE } from "./fleet-world.ts";

const parts = await realLakefs();
const weights = (first: number) =>
  JSON.stringify({ w: [first, 2, 3, 4], b: [0, 0, 0, 1] });

describe.skipIf(!parts)("fleets on one branch of a real lakeFS server", () => {
  const lakefs = useLakefs(parts);
  let main: DataBranch;
  let steps: (out: string, env?: Record<string, string>) => FleetSteps;
  beforeEach(async () => {
    const repository = await lakefs.server.repository();
    main = new DataBranch(lakefs.server, repository, "main");
    for (const name of ["a", "b"])
      await main.upload({
        [`model/${name}/model.json`]: JSON.stringify({ channels: 4 }),
        [`model/${name}/scale.weights`]: weights(1),
      });
    await main.commit({});
    const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
    writeFileSync(join(cwd, "conversion.yaml"), CHEAP);
    steps = (out, env = lakefs.server.env) =>
      fleetSteps({ cwd, url: `lakefs://${repository}`, env }, out);

    return () => rmSync(cwd, { recursive: true, force: true });
  });

  async function converted(
    out: string,
    pipeline: number,
    ...plan: string[]
  ): Promise<FleetSteps> {
    const fleet = steps(out, {
      ...lakefs.server.env,
      CI_PIPELINE_ID: String(pipeline),
    });
    const runs = await convertBatches(fleet, { jobs: 2, plan });
    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    return fleet;
  }

  /** Publishes one fleet, and a second between the commit of its draft and its merge. */
  async function meanwhile(
    first: FleetSteps,
    second: FleetSteps,
  ): Promise<Publication[]> {
    const proxy = await faultProxy(lakefs.server.endpoint);
    let inner: CommandRun | null = null;
    proxy.before(
      ({ method, path }) => method === "POST" && path.endsWith("/merge/main"),
      async () => {
        inner = await second.publish();
      },
    );
    const outer = await first.publish({
      LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint,
    });
    await proxy.close();
    for (const run of [inner, outer]) expect(run).toMatchObject({ code: 0 });
    expect(await main.branches()).toEqual(["main"]);

    return [first, second].map(({ json }) =>
      json<Publication>("publication.json"),
    );
  }

  const inputOf = async (model: string) => {
    const text = (await main.read(`edge/${model}/manifest.json`)).toString();
    const { inputs, files } = JSON.parse(text) as Manifest;
    return { inputs, files };
  };

  /** Each file as its manifest lists it. */
  async function expectWhole(...models: string[]): Promise<void> {
    for (const model of models) {
      const { files } = await inputOf(model);
      expect(
        await main.hashes(
          [`edge/${model}/`, `evidence/${model}/`],
          [`edge/${model}/manifest.json`],
        ),
      ).toEqual(
        Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256])),
      );
    }
  }

  test.runIf(IS_WHOLE)(
    "of the same commit, at once, publish one result",
    async () => {
      const [one, two] = [await converted("one", 1), await converted("two", 2)];
      const before = (await main.commits()).length;
      const statuses = (await meanwhile(one, two)).map(({ status }) => status);
      expect(statuses).toContain("published");
      await expectWhole("a", "b");
      // A draft's commit and its merge; the first one's merge may follow, and changes nothing.
      expect([2, 4]).toContain((await main.commits()).length - before);
    },
  );

  test.runIf(IS_WHOLE)("of two models, at once, publish both", async () => {
    const one = await converted("one", 1, "--models", "a");
    const two = await converted("two", 2, "--models", "b");
    const publications = await meanwhile(one, two);
    expect(publications.map(({ models }) => models)).toEqual([["a"], ["b"]]);
    await expectWhole("a", "b");
  });

  test("of an older and a newer commit, at once, leave the newer result", async () => {
    const older = await converted("older", 1);
    await main.commit({ "model/a/scale.weights": weights(9) });
    const newer = await converted("newer", 2);
    const [late] = await meanwhile(older, newer);
    expect(late).toMatchObject({ status: "unchanged" });
    await expectWhole("a", "b");

    const { inputs } = await inputOf("a");
    const newest = newer.json<{
      models: { name: string; files: { path: string; token: string }[] }[];
    }>("plan.json");
    const wanted = newest.models.find(({ name }) => name === "a")?.files;
    expect(inputs.map(({ path, token }) => ({ path, token }))).toEqual(
      wanted?.map(({ path, token }) => ({ path, token })),
    );
  });

  test.runIf(IS_WHOLE)(
    "lose one model where its job has no keys: they are protected, and its branch is not",
    async () => {
      const fleet = steps("out");
      const runs = await convertBatches(fleet, {
        ...{ plan: ["--publish", "passed"], jobs: 2, without: [2] },
      });
      expect(runs.map(({ code }) => code)).toEqual([0, 0]);
      const keyless = await steps("out", {
        LAKECTL_SERVER_ENDPOINT_URL: lakefs.server.endpoint,
      }).convert(2);
      expect([keyless.code, keyless.stdout]).toEqual([
        2,
        expect.stringMatching(/LAKECTL_CREDENTIALS_ACCESS_KEY_ID.*protected/),
      ]);

      const published = await fleet.publish();
      expect([published.code, published.stdout]).toEqual([
        1,
        expect.stringContaining('b: the job "convert 2: b" left no result'),
      ]);
      expect(fleet.json<Publication>("publication.json")).toMatchObject({
        ...{ status: "published", models: ["a"] },
      });
      await expectWhole("a");
    },
  );
});
