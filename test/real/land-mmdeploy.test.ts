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
import { Story } from "../land/story.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { breakModel, realMmdeploy, trainModel } from "../support/mmdeploy.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();
const python = realMmdeploy() ?? "";
const models = mkdtempSync(join(tmpdir(), "model-to-edge-land-models-"));

/** Files of a model folder as they lie on a branch; the checkpoint always has one name. */
function filesOf(model: string): Record<string, Buffer> {
  const folder = join(models, model);
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(
    files.map((path) => [
      `model/cls/${path.replace(/^iter_\d+/, "weights")}`,
      readFileSync(join(folder, path)),
    ]),
  );
}

describe.skipIf(!parts || !python)(
  "a real model from a push to main, with the real MMDeploy and a real lakeFS",
  () => {
    let server: LakefsServer;
    let gitlab: FakeProject;
    let story: Story;
    let main: DataBranch;
    let feature: DataBranch;

    beforeAll(async () => {
      if (!parts || !python) return;
      trainModel(python, "cls", join(models, "old"), 8);
      trainModel(python, "cls", join(models, "new"), 20);
      breakModel(python, join(models, "new"), models, ["missing-keys"]);
      server = await startLakefs(parts);
      gitlab = await startFakeProject();
      const repository = await server.repository();
      story = new Story(gitlab, `lakefs://${repository}`, server.env);
      main = new DataBranch(server, repository, "main");
      feature = main.onBranch("feature--x");
      await main.commit(filesOf("old"));
      await feature.create("main");
    }, 600_000);
    afterAll(async () => {
      story?.remove();
      rmSync(models, { recursive: true, force: true });
      await gitlab?.close();
      await server?.stop();
    });

    it("red, fixed, green, merged, landed, and main has nothing to do", {
      timeout: 400_000,
    }, async () => {
      const before = await main.head();
      await feature.commit(filesOf("missing-keys"));
      expect(await story.run("feature/x")).toMatchObject({
        code: 1,
        stdout: expect.stringContaining("may not ship"),
      });
      const commit = story.merge("feature/x", 7);
      expect(await story.land(commit)).toMatchObject({
        code: 1,
        document: { requests: [{ code: "no-verdict" }] },
      });
      await feature.commit(filesOf("new"));
      const green = await story.run("feature/x");
      expect({ code: green.code, log: green.stdout }).toMatchObject({
        code: 0,
      });
      expect(await main.head()).toBe(before);
      const proved = await feature.hashes(["model/", "edge/", "evidence/"]);
      expect(Object.keys(proved)).toEqual(
        expect.arrayContaining([
          "edge/cls/end2end.onnx",
          "edge/cls/deploy.json",
        ]),
      );
      const landed = await story.land(commit);
      expect({ code: landed.code, log: landed.stdout }).toMatchObject({
        code: 0,
      });
      expect(await main.hashes(["model/", "edge/", "evidence/"])).toEqual(
        proved,
      );
      expect(await main.branches()).toEqual(["main"]);
      const again = await story.command([
        "run",
        "--isolation",
        "none",
        "--model-branch",
        "main",
      ]);
      expect(again).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("unchanged, already in"),
      });
    });
  },
);
