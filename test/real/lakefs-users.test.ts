import { createHash } from "node:crypto";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import { toJson } from "../../src/document/document.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { CONFIG, GOOD, Story } from "../land/story.ts";
import { commandLine } from "../support/command-line.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { type LakefsServer, realLakefs } from "../support/lakefs-server.ts";
import {
  type LakefsWithUsers,
  startLakefsWithUsers,
} from "../support/lakefs-users.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();
const MANIFEST = "edge/a/manifest.json";
const ONNX = "edge/a/end2end.onnx";

let lakefs: LakefsWithUsers;
let pipe: LakefsServer;
let anna: LakefsServer;
let gitlab: FakeProject;
let story: Story;
let repository: string;
/** The branch as anna writes to it. */
let feature: DataBranch;
let wrong: Buffer;

const run = (...args: string[]) =>
  story.command([
    "run",
    "--isolation",
    "none",
    "--model-branch",
    "feature--x",
    ...args,
  ]);
const good = async (...args: string[]) => {
  const { code, stdout } = await run(...args);
  expect({ code, log: stdout }).toMatchObject({ code: 0 });
  return stdout;
};
const verify = (user: LakefsServer, ...args: string[]) =>
  commandLine(
    [
      "verify",
      `lakefs://${repository}`,
      "--model-branch",
      "feature--x",
      ...args,
    ],
    {
      cwd: story.cwd,
      env: user.env,
    },
  );
const manifestWith = async (bytes: Buffer): Promise<string> => {
  const manifest = JSON.parse(
    (await feature.read(MANIFEST)).toString(),
  ) as Manifest;
  const digest = (kind: string) => createHash(kind).update(bytes).digest("hex");
  const token = `etag:${digest("md5")}-${bytes.length}`;
  const file = {
    path: ONNX,
    size: bytes.length,
    sha256: digest("sha256"),
    token,
  };
  const files = manifest.files.map((listed) =>
    listed.path === ONNX ? file : listed,
  );
  return toJson({ ...manifest, files });
};

/** Without a key, on a lakeFS that knows its users: only what the pipeline's user published counts. */
describe.skipIf(!parts?.acl)("the log of a real lakeFS with users", () => {
  beforeAll(async () => {
    if (!parts) return;
    lakefs = await startLakefsWithUsers(parts);
    pipe = await lakefs.writer("pipe");
    anna = await lakefs.writer("anna");
  });
  afterAll(async () => {
    await lakefs?.stop();
  });
  beforeEach(async () => {
    gitlab = await startFakeProject();
    repository = await lakefs.admin.repository();
    story = new Story(gitlab, `lakefs://${repository}`, pipe.env);
    const main = new DataBranch(anna, repository, "main");
    await main.commit({
      "model/a/model.json": CONFIG,
      "model/a/toy.weights": GOOD(1),
    });
    feature = main.onBranch("feature--x");
    await feature.create("main");
    await good();
    wrong = await feature.read(ONNX);
    await feature.commit({ "model/a/toy.weights": GOOD(5) });
    await good();
  }, 600_000);
  afterEach(async () => {
    story.remove();
    await gitlab.close();
  });

  it("says that the pipeline's user published it: unchanged, proved, landed", async () => {
    expect(await good()).toMatch(
      /a .*unchanged[\s\S]*its user pipe published the unchanged models/,
    );
    const own = await verify(pipe);
    expect([own.code, own.stdout]).toEqual([
      0,
      expect.stringContaining("its user pipe published it"),
    ]);
    const hers = await verify(anna);
    expect([hers.code, hers.stdout]).toEqual([
      1,
      expect.stringContaining("only publications of anna are trusted"),
    ]);
    expect((await verify(anna, "--store-user", "pipe")).code).toBe(0);
    const landed = await story.land(story.merge("feature/x", 7));
    expect({ code: landed.code, log: landed.stdout }).toMatchObject({
      code: 0,
    });
    expect(landed.document.requests[0]?.models[0]?.sentence).toContain(
      "its user pipe published it",
    );
  }, 600_000);

  it.each<[string, object]>([
    ["as anybody would", {}],
    [
      "with an old date and the metadata of a publication",
      { date: 1, metadata: { "model-to-edge.draft": "x" } },
    ],
  ])(
    "a manifest by hand beside a wrong ONNX, committed %s, counts for nothing",
    async (_how, commit) => {
      const genuine = await feature.read(ONNX);
      await feature.upload({
        [ONNX]: wrong,
        [MANIFEST]: await manifestWith(wrong),
      });
      await anna.call(
        "POST",
        `/repositories/${repository}/branches/feature--x/commits`,
        { message: "x", ...commit },
      );
      expect((await verify(pipe)).code).toBe(1);
      const refused = await story.land(story.merge("feature/x", 7));
      expect(refused).toMatchObject({
        code: 1,
        document: { requests: [{ code: "no-verdict" }] },
      });
      expect(refused.document.requests[0]?.reason).toMatch(
        /user anna wrote it|not what the store's user pipe published/,
      );
      expect(await good()).toMatch(/a: its published result is not trusted/);
      expect(await feature.read(ONNX)).toEqual(genuine);
      expect((await verify(pipe)).code).toBe(0);
    },
    600_000,
  );

  it("other bytes under the checksum of the proved ones are seen, and a person is told to remove them", async () => {
    const genuine = await feature.read(ONNX);
    const path = (name: string) =>
      `/repositories/${repository}/branches/feature--x/objects?path=${encodeURIComponent(name)}`;
    await feature.commit({ "x/wrong": wrong });
    const { physical_address } = await anna.call<{ physical_address: string }>(
      "GET",
      `/repositories/${repository}/refs/feature--x/objects/stat?path=x%2Fwrong`,
    );
    await anna.call("DELETE", path(ONNX));
    await anna.call(
      "POST",
      `/repositories/${repository}/branches/feature--x/commits`,
      { message: "x" },
    );
    await anna.call("PUT", path(ONNX), {
      physical_address,
      checksum: createHash("md5").update(genuine).digest("hex"),
      size_bytes: genuine.length,
      content_type: "application/octet-stream",
    });
    await anna.call(
      "POST",
      `/repositories/${repository}/branches/feature--x/commits`,
      { message: "x" },
    );
    expect(await feature.read(ONNX)).toEqual(wrong);
    expect((await verify(pipe)).code).toBe(1);
    expect((await story.land(story.merge("feature/x", 7))).code).toBe(1);
    const stuck = await run();
    expect([stuck.code, stuck.stdout]).toEqual([
      2,
      expect.stringContaining("someone stored them"),
    ]);
    await anna.call("DELETE", path(ONNX));
    await anna.call(
      "POST",
      `/repositories/${repository}/branches/feature--x/commits`,
      { message: "x" },
    );
    await good();
    expect(await feature.read(ONNX)).toEqual(genuine);
    expect((await verify(pipe)).code).toBe(0);
  }, 600_000);
});
