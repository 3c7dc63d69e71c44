import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/report/summary.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { realMmdeploy, trainModel } from "../support/mmdeploy.ts";
import {
  type ConsumerProject,
  makeConsumer,
  whyNoPipeline,
} from "./consumer-project.ts";
import { DataBranch } from "./data-branch.ts";

/** A classifier that was trained for a moment; files by their path below the folder. */
function trainedClassifier(python: string): Record<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-classifier-"));
  try {
    trainModel(python, "cls", folder, 8);
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const files = paths.filter((path) => statSync(join(folder, path)).isFile());
    return Object.fromEntries(
      files.map((path) => [path, readFileSync(join(folder, path))]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const parts = await realLakefs();
const python = realMmdeploy();

describe.skipIf(!parts || !python || whyNoPipeline())(
  "a project that converts with the real MMDeploy",
  () => {
    let server: LakefsServer;
    let consumer: ConsumerProject;
    let data: DataBranch;

    beforeAll(async () => {
      if (!parts || !python) return;
      server = await startLakefs(parts);
      const repository = await server.repository();
      consumer = makeConsumer(null, (text) =>
        text
          .replaceAll("lakefs://vision", `lakefs://${repository}`)
          .replaceAll("engine: toy", "engine: mmdeploy"),
      );
      data = new DataBranch(server, repository, "main");
      const files = Object.entries(trainedClassifier(python));
      await data.commit(
        Object.fromEntries(
          files.map(([path, content]) => [`model/${path}`, content]),
        ),
      );
    }, 300_000);
    afterAll(async () => {
      consumer?.remove();
      await server?.stop();
    });

    it("publishes a classifier that equals PyTorch, and is understood by a stranger who reads the log", async () => {
      const kind = { CI_COMMIT_BRANCH: "main", CI_COMMIT_REF_NAME: "main" };
      const named = Object.entries(process.env).filter(([name]) =>
        name.startsWith("MODEL_TO_EDGE_ENGINE_PYTHON_"),
      );
      const variables = {
        ...server.env,
        ...(Object.fromEntries(named) as Record<string, string>),
      };
      const { code, log, artifact } = await consumer.pipeline({
        kind,
        variables,
      });
      expect({ code, log }).toMatchObject({
        code: 0,
        log: expect.stringMatching(/^ ?PASS +model-to-edge-convert/m),
      });
      expect(log).toMatch(/✓ model +may ship\. .*it matches its source model/);
      expect(log).toMatch(
        new RegExp(
          `result: published to lakefs://\\S+, branch main, commit ${await data.head()}`,
        ),
      );
      const summary = JSON.parse(
        artifact("model-to-edge-convert", "model-to-edge-out/summary.json"),
      ) as Summary;
      expect(summary.models).toMatchObject([
        {
          name: "model",
          engine: "mmdeploy",
          status: "converted",
          verdict: "pass",
        },
      ]);
      expect(Object.keys(await data.hashes(["edge/"]))).toEqual(
        expect.arrayContaining([
          "edge/contract.json",
          "edge/deploy.json",
          "edge/end2end.onnx",
          "edge/manifest.json",
        ]),
      );
    }, 300_000);
  },
);
