import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Fleet } from "../../src/fleet/fleet.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { whyNoPipeline } from "./consumer-project.ts";
import { GOOD } from "./consumer-world.ts";
import {
  type FleetRun,
  type FleetWorld,
  IS_WHOLE,
  makeFleetWorld,
  NAMES,
  OUT,
  WRONG,
} from "./fleet-world.ts";

const parts = await realLakefs();
const SMALL = ["start", "publish", "report"].map(
  (stage) => `model-to-edge-convert-fleet-${stage}`,
);
const PLAN = "model-to-edge-convert-fleet-plan";

describe.skipIf(!parts || whyNoPipeline())(
  "models over at most five jobs, with a real lakeFS server",
  () => {
    let world: FleetWorld;
    beforeAll(async () => {
      if (parts) world = await makeFleetWorld(parts);
    });
    afterAll(() => world?.close());

    const publication = ({ file }: FleetRun) =>
      JSON.parse(
        file("model-to-edge-convert-fleet-publish", OUT("publication.json")),
      ) as Publication;
    const converts = ({ jobs }: FleetRun) =>
      jobs.filter((name) => name.startsWith("convert "));

    it("one of which is wrong: the others are published in one merge, and one note says it", async () => {
      const before = await world.data.commits();
      const run = await world.pipeline();
      const { models, exit_code } = run.summary();

      expect(run.log).toContain(
        `fleet: ${NAMES.length} of ${NAMES.length} models in ${Math.min(5, NAMES.length)} convert jobs`,
      );
      expect(run.jobs.toSorted()).toEqual(
        [...SMALL, ...converts(run)].toSorted(),
      );
      const { jobs } = JSON.parse(run.file(PLAN, OUT("fleet.json"))) as Fleet;
      expect(converts(run).toSorted()).toEqual(jobs.map(({ name }) => name));
      expect(jobs.flatMap((job) => job.models).toSorted()).toEqual(NAMES);

      const good = NAMES.filter((name) => name !== WRONG);
      expect(publication(run)).toMatchObject({
        ...{ status: "published", models: good },
      });
      expect(models.map(({ name, ships }) => [name, ships])).toEqual(
        NAMES.map((name) => [name, name !== WRONG]),
      );
      expect(exit_code).toBe(1);
      expect(run.log).toMatch(/^ ?FAIL +.*convert \d: /m);

      const head = await world.data.head();
      expect(publication(run).commit).toBe(head);
      expect((await world.data.commits()).length - before.length).toBe(2);
      expect(await world.data.branches()).toEqual(["feature--new", "main"]);
      expect(world.gitlab.notes).toHaveLength(1);
    }, 600_000);

    it("are published byte by byte as their manifests list them", async () => {
      const pointers = NAMES.filter((name) => name !== WRONG).map(
        (name) => `edge/${name}/manifest.json`,
      );
      const listed = await Promise.all(
        pointers.map(async (path) => {
          const text = (await world.data.read(path)).toString();
          return (JSON.parse(text) as Manifest).files;
        }),
      );
      expect(await world.data.hashes(["edge/", "evidence/"], pointers)).toEqual(
        Object.fromEntries(
          listed.flat().map(({ path, sha256 }) => [path, sha256]),
        ),
      );
    });

    it.runIf(IS_WHOLE)(
      "again: only the wrong one is converted, as it never shipped",
      async () => {
        const head = await world.data.head();
        const run = await world.pipeline();
        expect(converts(run)).toEqual([`convert 1: ${WRONG}`]);
        expect(publication(run)).toMatchObject({ status: "unchanged" });
        expect(run.summary().exit_code).toBe(1);
        expect(await world.data.head()).toBe(head);
      },
    );

    it.runIf(IS_WHOLE)(
      "mended, but the runner is lost: publish names the model and its job",
      async () => {
        await world.data.commit({ [`model/${WRONG}/scale.weights`]: GOOD });
        const job = `convert 1: ${WRONG}`;
        const run = await world.pipeline({ lost: job });
        expect(run.log).toContain(`${WRONG}: the job "${job}" left no result`);
        expect(publication(run)).toMatchObject({ models: [] });
        expect(run.summary().exit_code).toBe(3);
      },
    );

    it.runIf(IS_WHOLE)(
      "all right at last, and once more: no convert job at all",
      async () => {
        const last = await world.pipeline();
        expect(publication(last).models).toEqual([WRONG]);
        expect(last.summary().exit_code).toBe(0);

        const idle = await world.pipeline();
        expect(idle.jobs.toSorted()).toEqual(SMALL.slice(1));
        const child = parse(idle.file(PLAN, OUT("child-pipeline.yml")));
        expect(JSON.stringify(child)).not.toContain("gpu");
        expect(publication(idle)).toMatchObject({ status: "unchanged" });
        expect(idle.summary()).toMatchObject({ exit_code: 0 });
        expect(idle.summary().models.map(({ status }) => status)).toEqual(
          NAMES.map(() => "unchanged"),
        );
        expect(world.gitlab.notes).toHaveLength(1);
      },
      600_000,
    );
  },
);
