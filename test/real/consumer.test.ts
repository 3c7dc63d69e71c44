import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../../src/model/manifest.ts";
import { realLakefs } from "../support/lakefs-server.ts";
import { whyNoPipeline } from "./consumer-project.ts";
import {
  type ConsumerWorld,
  GOOD,
  MERGE_REQUEST,
  makeConsumerWorld,
  RENAMED,
  TOKEN,
} from "./consumer-world.ts";

const parts = await realLakefs();

describe.skipIf(!parts || whyNoPipeline())(
  "a project that includes convert@1, with a real lakeFS server",
  () => {
    let server: ConsumerWorld["server"];
    let data: ConsumerWorld["data"];
    let gitlab: ConsumerWorld["gitlab"];
    let pipeline: ConsumerWorld["pipeline"];
    let close: ConsumerWorld["close"] | undefined;

    beforeAll(async () => {
      if (!parts) return;
      const world = await makeConsumerWorld(parts);
      ({ server, data, gitlab, pipeline, close } = world);
    });
    afterAll(() => close?.());

    it("publishes the model of a merge request, in one merge, and says where it is", async () => {
      const before = await data.commits();
      const { code, log, summary } = await pipeline({
        kind: MERGE_REQUEST,
        variables: TOKEN,
      });
      expect({ code, log }).toMatchObject({
        code: 0,
        log: expect.stringMatching(/^ ?PASS +model-to-edge-convert/m),
      });
      expect(log).toContain("scale may ship");
      const head = await data.head();
      expect(log).toMatch(
        new RegExp(
          `result: published to lakefs://\\S+, branch feature--new, commit ${head}`,
        ),
      );
      expect(log).toMatch(
        new RegExp(
          `fetch: model-to-edge fetch lakefs://\\S+/${head}/scale scale`,
        ),
      );
      expect(summary()).toMatchObject({
        source: {
          kind: "merge_request",
          git_ref: "feature/new",
          merge_request: 7,
        },
        store: { branch: "feature--new", commit: before[0] },
        publication: { status: "published", commit: head },
        exit_code: 0,
      });
      expect((await data.commits()).length - before.length).toBe(2);
      expect(await data.branches()).toEqual(["feature--new", "main"]);
    });

    it("has published what the manifest lists, byte by byte, and nothing else", async () => {
      const manifest = JSON.parse(
        (await data.read("edge/scale/manifest.json")).toString(),
      ) as Manifest;
      const hashes = Object.fromEntries(
        manifest.files.map(({ path, sha256 }) => [path, sha256]),
      );
      expect(
        await data.hashes(["edge/", "evidence/"], ["edge/scale/manifest.json"]),
      ).toEqual(hashes);
      expect(Object.keys(hashes)).toEqual(
        expect.arrayContaining([
          "edge/scale/end2end.onnx",
          "evidence/scale/references.safetensors",
        ]),
      );
    });

    it("has written one note, which names the commit and holds no secret", async () => {
      expect(gitlab.notes.length).toBe(1);
      const body = gitlab.notes[0]?.body ?? "";
      expect(body).toMatch(/\[`scale`\]\([^)]+\) may ship/);
      expect(body).toContain((await data.head()).slice(0, 8));
      for (const secret of [
        ...Object.values(TOKEN),
        server.env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY,
      ])
        expect(body).not.toContain(secret);
    });

    it("costs nothing when nothing changed", async () => {
      const before = await data.commits();
      const { code, log, summary } = await pipeline({
        kind: MERGE_REQUEST,
        variables: TOKEN,
      });
      expect({ code, log }).toMatchObject({
        code: 0,
        log: expect.stringContaining("result: unchanged, already in"),
      });
      expect(summary().models[0]).toMatchObject({
        status: "unchanged",
        timings: {},
      });
      expect(await data.commits()).toEqual(before);
      expect(gitlab.notes.length).toBe(1);
    });

    it("fails for a checkpoint that does not fit, leaves edge/ as it was, and still has its reports", async () => {
      const edge = await data.hashes(["edge/", "evidence/"]);
      await data.commit({ "model/scale/scale.weights": RENAMED });
      const before = await data.commits();
      const { code, log, artifact, summary } = await pipeline({
        kind: MERGE_REQUEST,
      });
      expect({ code, log }).toMatchObject({
        code: 1,
        log: expect.stringMatching(/^ ?FAIL +model-to-edge-convert/m),
      });
      expect(log).toContain("scale may not ship");
      expect(log).toContain(
        "the checkpoint does not match its configuration (missing: w; unexpected: weight)",
      );
      expect(log).toContain(
        "note on the merge request: not written: the variable MODEL_TO_EDGE_TOKEN is empty",
      );
      expect(summary()).toMatchObject({
        publication: { status: "withheld" },
        exit_code: 1,
      });
      expect(
        artifact("model-to-edge-convert", "model-to-edge-out/report/junit.xml"),
      ).toContain("missing: w");
      expect(await data.commits()).toEqual(before);
      expect(await data.hashes(["edge/", "evidence/"])).toEqual(edge);
      expect(await data.branches()).toEqual(["feature--new", "main"]);
    });

    it("stops before uploads that nobody committed, and gives the command that commits them", async () => {
      await data.upload({ "model/scale/scale.weights": GOOD });
      const { code, log } = await pipeline({ kind: MERGE_REQUEST });
      expect({ code, log }).toMatchObject({
        code: 1,
        log: expect.stringMatching(/^ ?FAIL +model-to-edge-convert/m),
      });
      expect(log).toMatch(
        /hint: .*lakectl commit lakefs:\/\/\S+\/feature--new/,
      );
      await data.commit({});
    });

    it("converts main after a push, and does nothing where a branch has no data branch", async () => {
      const main = await pipeline({
        kind: { CI_COMMIT_BRANCH: "main", CI_COMMIT_REF_NAME: "main" },
      });
      expect(main.log).toMatch(
        /result: published to lakefs:\/\/\S+, branch main, commit /,
      );
      const other = await pipeline({
        kind: {
          CI_COMMIT_BRANCH: "docs/typo",
          CI_COMMIT_REF_NAME: "docs/typo",
        },
      });
      expect({ code: other.code, log: other.log }).toMatchObject({
        code: 0,
        log: expect.stringContaining("docs--typo"),
      });
      expect(other.summary()).toMatchObject({
        models: [],
        publication: { status: "none" },
        exit_code: 0,
      });
    });

    it("runs a tag with the branch that the input names, a schedule without publication, and a job by hand", async () => {
      const file = "cases.gitlab-ci.yml";
      const tag = {
        CI_COMMIT_TAG: "1.2.0",
        CI_COMMIT_REF_NAME: "1.2.0",
        CI_COMMIT_BRANCH: null,
      };
      const release = await pipeline(
        { file, kind: tag },
        "release-model-to-edge-convert",
        "release-model-to-edge-out",
      );
      expect(release.summary()).toMatchObject({
        source: { kind: "tag", git_ref: "1.2.0" },
        store: { branch: "main" },
        publication: { status: "unchanged" },
      });
      const nightly = await pipeline(
        {
          file,
          kind: {
            CI_PIPELINE_SOURCE: "schedule",
            CI_COMMIT_BRANCH: "main",
            CI_COMMIT_REF_NAME: "main",
          },
        },
        "nightly-model-to-edge-convert",
        "nightly-model-to-edge-out",
      );
      expect(nightly.summary()).toMatchObject({
        models: [{ status: "converted", verdict: "pass" }],
        publication: { status: "none" },
      });
      const again = await pipeline(
        {
          file,
          kind: { CI_COMMIT_BRANCH: "main", CI_COMMIT_REF_NAME: "main" },
          manual: "again-model-to-edge-convert",
        },
        "again-model-to-edge-convert",
        "again-model-to-edge-out",
      );
      // The same bytes: nothing to publish, though everything was done again.
      expect(again.summary()).toMatchObject({
        models: [{ status: "converted" }],
        publication: { status: "unchanged" },
      });
    });
  },
);
