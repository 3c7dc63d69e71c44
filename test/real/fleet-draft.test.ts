import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Manifest } from "../../src/model/manifest.ts";
import { readSeconds, SECONDS_KEY } from "../../src/plan/last-seconds.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { CHEAP } from "../fleet/fleet-store.ts";
import { convertBatches, type FleetSteps, fleetSteps } from "../fleet/steps.ts";
import { faultProxy } from "../support/fault-proxy.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { useLakefs } from "../support/use-lakefs.ts";
import { DataBranch } from "./data-branch.ts";
import { IS_WHOLE } from "./fleet-world.ts";

const parts = await realLakefs();
const ONNX = "edge/a/end2end.onnx";
const weights = (first: number) =>
  JSON.stringify({ w: [first, 2, 3, 4], b: [0, 0, 0, 1] });

describe.skipIf(!parts)("a fleet's draft on a real lakeFS server", () => {
  const lakefs = useLakefs(parts);
  let repository: string;
  let main: DataBranch;
  let steps: (out: string) => FleetSteps;
  beforeEach(async () => {
    repository = await lakefs.server.repository();
    main = new DataBranch(lakefs.server, repository, "main");
    await main.commit({
      "model/a/model.json": JSON.stringify({ channels: 4 }),
      "model/a/scale.weights": weights(1),
    });
    const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
    writeFileSync(join(cwd, "conversion.yaml"), CHEAP);
    const place = {
      cwd,
      url: `lakefs://${repository}`,
      env: lakefs.server.env,
    };
    steps = (out) => fleetSteps(place, out);

    return () => rmSync(cwd, { recursive: true, force: true });
  });

  async function converted(out: string): Promise<FleetSteps> {
    const fleet = steps(out);
    const runs = await convertBatches(fleet, { jobs: 2 });
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    return fleet;
  }

  const draftOf = ({ json }: FleetSteps) =>
    json<Plan>("plan.json").draft?.id ?? "";
  const publicationOf = ({ json }: FleetSteps) =>
    json<Publication>("publication.json");
  const published = async () =>
    JSON.parse(
      (await main.read("edge/a/manifest.json")).toString(),
    ) as Manifest;

  /** Puts other bytes at the model's place of the draft, under the checksum of the proved ones. */
  async function forge(fleet: FleetSteps, draft: DataBranch) {
    const genuine = await draft.read(ONNX);
    const wrong = Buffer.from(genuine);
    wrong.writeUInt8(wrong.readUInt8(60) ^ 1, 60);
    const at = `/repositories/${repository}/branches/${draftOf(fleet)}/objects`;
    await lakefs.server.upload(`${at}?path=wrong`, wrong);
    const { physical_address } = await lakefs.server.call<{
      physical_address: string;
    }>(
      "GET",
      `/repositories/${repository}/refs/${draftOf(fleet)}/objects/stat?path=wrong`,
    );
    await lakefs.server.call("PUT", `${at}?path=${encodeURIComponent(ONNX)}`, {
      physical_address,
      checksum: createHash("md5").update(genuine).digest("hex"),
      size_bytes: genuine.length,
      content_type: "application/octet-stream",
    });
    expect(await draft.read(ONNX)).toEqual(wrong);

    return genuine;
  }

  const commitIn = (fleet: FleetSteps) =>
    lakefs.server.call(
      "POST",
      `/repositories/${repository}/branches/${draftOf(fleet)}/commits`,
      { message: "by hand" },
    );

  test("of which one object has other bytes under the checksum of the proved ones is not published", async () => {
    const fleet = await converted("out");
    const draft = main.onBranch(draftOf(fleet));
    const genuine = await draft.read(ONNX);
    await lakefs.server.call(
      "DELETE",
      `/repositories/${repository}/branches/${draftOf(fleet)}/objects?path=${encodeURIComponent(ONNX)}`,
    );
    await commitIn(fleet);
    await draft.upload({ [ONNX]: genuine });
    await forge(fleet, draft);
    await commitIn(fleet);

    const head = await main.head();
    const run = await fleet.publish();
    expect([run.code, run.stdout]).toEqual([
      3,
      expect.stringContaining(`the bytes of ${ONNX} in the draft differ`),
    ]);
    expect(publicationOf(fleet)).toMatchObject({ status: "withheld" });
    expect(await main.head()).toBe(head);
  });

  test.runIf(IS_WHOLE)(
    "into which somebody stages other bytes under the checksum of the proved ones is published with those that were proved",
    async () => {
      const fleet = await converted("out");
      const genuine = await forge(fleet, main.onBranch(draftOf(fleet)));
      const run = await fleet.publish();
      expect(run.code, run.stdout).toBe(0);
      expect(await main.read(ONNX)).toEqual(genuine);
    },
    120_000,
  );

  test.runIf(IS_WHOLE)(
    "that another run of the job wrote over is not published under the documents of the first",
    async () => {
      const fleet = await converted("out");
      const draft = main.onBranch(draftOf(fleet));
      await draft.upload({ [ONNX]: "what a second run of the job made" });

      const head = await main.head();
      const run = await fleet.publish();
      expect([run.code, run.stdout]).toEqual([
        3,
        expect.stringMatching(
          /end2end\.onnx in the draft differs from what was uploaded/,
        ),
      ]);
      expect(await main.head()).toBe(head);
    },
  );

  test("that somebody removed is called that, and not that it stays", async () => {
    const fleet = await converted("out");
    for (const name of await main.branches())
      if (name !== "main")
        await lakefs.server.call(
          "DELETE",
          `/repositories/${repository}/branches/${name}`,
        );

    const run = await fleet.publish();
    expect([run.code, run.stdout]).toEqual([
      3,
      expect.stringMatching(
        /edge\/a\/\S+ disappeared from the draft before publication; next: run the pipeline again from its first job/,
      ),
    ]);
    expect(run.stdout).not.toContain("the draft stays in the store");
  });

  test("stays where the server fails, and the job that publishes succeeds another time", async () => {
    const fleet = await converted("out");
    const proxy = await faultProxy(lakefs.server.endpoint);
    proxy.fail(
      ({ method, path }) => method === "POST" && path.endsWith("/merge/main"),
      503,
      1000,
    );
    const through = { LAKECTL_SERVER_ENDPOINT_URL: proxy.endpoint };
    const failed = await fleet.publish(through, "--patience", "2s");
    await proxy.close();
    expect([failed.code, failed.stdout]).toEqual([
      3,
      expect.stringContaining("the draft stays in the store"),
    ]);
    expect(await main.branches()).toContain(draftOf(fleet));

    const again = await fleet.publish();
    expect(again.code, again.stdout).toBe(0);
    expect(publicationOf(fleet)).toMatchObject({
      ...{ status: "published", models: ["a"] },
    });
    expect(await main.branches()).toEqual(["main"]);
    const [newest] = await main.log();
    const took = readSeconds(newest?.metadata[SECONDS_KEY]);
    expect([...took.keys()]).toEqual(["a"]);

    const head = await main.head();
    const twice = await fleet.publish();
    expect(twice.code, twice.stdout).toBe(0);
    expect(publicationOf(fleet)).toMatchObject({ status: "unchanged" });
    expect(await main.head()).toBe(head);
    expect(await main.branches()).toEqual(["main"]);
  });

  test.runIf(IS_WHOLE)(
    "of an older data commit never replaces what a newer fleet published",
    async () => {
      const older = await converted("older");
      await main.commit({ "model/a/scale.weights": weights(9) });
      const newer = await converted("newer");
      expect(draftOf(newer)).not.toBe(draftOf(older));

      expect((await newer.publish()).code).toBe(0);
      const before = await published();
      const head = await main.head();
      const late = await older.publish();
      expect(late.code, late.stdout).toBe(0);
      expect(publicationOf(older)).toMatchObject({ status: "unchanged" });
      expect(await published()).toEqual(before);
      expect(await main.head()).toBe(head);
      expect(await main.branches()).toEqual(["main"]);
    },
  );
});
