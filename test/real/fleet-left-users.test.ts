import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toJson } from "../../src/document/document.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { CHEAP } from "../fleet/fleet-store.ts";
import { convertBatches, fleetSteps } from "../fleet/steps.ts";
import { type LakefsServer, realLakefs } from "../support/lakefs-server.ts";
import {
  type LakefsWithUsers,
  startLakefsWithUsers,
} from "../support/lakefs-users.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { DataBranch } from "./data-branch.ts";
import { CI } from "./lost-job.ts";

const parts = await realLakefs();
/** By what is done to it in the fleet's draft. */
const NAMES = [
  ...["genuine", "altered", "dated", "linked", "copied", "merged"],
  "staged",
];
const onnx = (name: string) => `edge/${name}/end2end.onnx`;
const manifestOf = (name: string) => `edge/${name}/manifest.json`;

/** Without a key, on a lakeFS that knows its users: only what the pipeline's user kept is taken over. */
describe.skipIf(!parts?.acl)("a fleet's draft, where lakeFS has users", () => {
  let lakefs: LakefsWithUsers;
  let pipe: LakefsServer;
  let anna: LakefsServer;
  beforeAll(async () => {
    if (!parts) return;
    lakefs = await startLakefsWithUsers(parts);
    pipe = await lakefs.writer("pipe");
    anna = await lakefs.writer("anna");
  }, 120_000);
  afterAll(async () => {
    await lakefs?.stop();
  });

  it("is taken over where it is as the pipeline's user left it, and nowhere else", async () => {
    const repository = await lakefs.admin.repository();
    const at = `/repositories/${repository}`;
    const main = new DataBranch(anna, repository, "main");
    await main.commit(
      Object.fromEntries(
        NAMES.flatMap((name) => [
          [`model/${name}/model.json`, '{"channels":4}'],
          [`model/${name}/scale.weights`, GOOD_WEIGHTS],
        ]),
      ),
    );
    const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
    const place = { cwd, url: `lakefs://${repository}` };
    writeFileSync(join(cwd, "conversion.yaml"), CHEAP);

    try {
      const lost = fleetSteps(
        { ...place, env: { ...pipe.env, ...CI } },
        "lost",
      );
      await convertBatches(lost, { jobs: 2 });
      const id = lost.json<Plan>("plan.json").draft?.id ?? "";
      const draft = main.onBranch(id);
      const commit = (branch: string, more: object = {}) =>
        anna.call("POST", `${at}/branches/${branch}/commits`, {
          ...{ message: "edge models", ...more },
        });
      const wrongOf = async (name: string) => {
        const wrong = Buffer.from(await draft.read(onnx(name)));
        wrong.writeUInt8(wrong.readUInt8(60) ^ 1, 60);
        return wrong;
      };
      const object = (name: string) =>
        `${at}/branches/${id}/objects?path=${encodeURIComponent(onnx(name))}`;
      const forged = { "model-to-edge.draft": id };

      // The file alone.
      await draft.commit({ [onnx("altered")]: await wrongOf("altered") });

      // With a manifest that fits, older than all, as a publication's commit says it.
      const wrong = await wrongOf("dated");
      await draft.upload({
        [onnx("dated")]: wrong,
        [manifestOf("dated")]: await fitting(draft, "dated", wrong),
      });
      await commit(id, { date: 1, metadata: forged });

      // Other bytes under the checksum of the proved ones.
      await draft.upload({ "x/wrong": await wrongOf("linked") });
      const { physical_address } = await anna.call<{
        physical_address: string;
      }>("GET", `${at}/refs/${id}/objects/stat?path=x%2Fwrong`);
      const genuine = await draft.read(onnx("linked"));
      await anna.call("DELETE", object("linked"));
      await commit(id);
      await anna.call("PUT", object("linked"), {
        physical_address,
        checksum: createHash("md5").update(genuine).digest("hex"),
        size_bytes: genuine.length,
        content_type: "application/octet-stream",
      });
      await commit(id);

      // Another model's file, which the pipeline's user did put, in this one's place.
      await anna.call(
        "POST",
        `${at}/branches/${id}/objects/copy?dest_path=${encodeURIComponent(onnx("copied"))}`,
        { src_path: "model/copied/scale.weights", src_ref: "main" },
      );
      await commit(id, { metadata: forged });

      // By the way that the jobs' own branches take.
      const side = main.onBranch(`${id}0123456789ab`);
      await side.create(id);
      const merged = await wrongOf("merged");
      await side.upload({
        [onnx("merged")]: merged,
        [manifestOf("merged")]: await fitting(draft, "merged", merged),
      });
      await commit(`${id}0123456789ab`, { metadata: forged });
      await anna.call("POST", `${at}/refs/${id}0123456789ab/merge/${id}`, {
        message: "edge models",
        metadata: forged,
      });

      // Not committed: no state of the draft that anybody finds.
      await draft.upload({ [onnx("staged")]: await wrongOf("staged") });

      const next = fleetSteps(
        { ...place, env: { ...pipe.env, ...CI } },
        "next",
      );
      const runs = await convertBatches(next, { jobs: 3 });
      expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
      const ran = NAMES.filter((name) =>
        existsSync(next.at(`models/${name}/engine.log`)),
      );
      expect(ran).toEqual(["altered", "dated", "linked", "copied", "merged"]);

      const published = await next.publish();
      expect(published.code, published.stdout).toBe(0);
      const mine = next.json<Plan>("plan.json").draft?.id ?? "";
      const left = (await main.branches()).filter((name) =>
        name.startsWith(mine),
      );
      expect(left).toEqual([]);

      // What the squashed commit says is trusted: nothing is converted again.
      const unchanged = fleetSteps(
        { ...place, env: { ...pipe.env, ...CI } },
        "unchanged",
      );
      const plan = await unchanged.plan();
      expect(plan.code, plan.stdout).toBe(0);
      expect(
        unchanged
          .json<Plan>("plan.json")
          .models.map(({ decision }) => decision),
      ).toEqual(NAMES.map(() => "unchanged"));
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }, 300_000);

  /** The model's manifest, as of these bytes. */
  async function fitting(draft: DataBranch, name: string, bytes: Buffer) {
    const text = (await draft.read(manifestOf(name))).toString();
    const manifest = JSON.parse(text) as Manifest;
    const digest = (kind: string) =>
      createHash(kind).update(bytes).digest("hex");
    const files = manifest.files.map((file) =>
      file.path === onnx(name)
        ? {
            ...{ ...file, sha256: digest("sha256") },
            token: `etag:${digest("md5")}-${bytes.length}`,
          }
        : file,
    );

    return toJson({ ...manifest, files });
  }
});
