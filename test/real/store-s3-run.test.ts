import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
} from "vitest";
import { CONFIG, GOOD, MISFIT, Story } from "../land/story.ts";
import { pathsOf, textAt } from "../store/harness.ts";
import { type S3UnderTest, s3UnderTest } from "../store/s3-under-test.ts";
import { type FakeProject, startFakeProject } from "../support/fake-project.ts";
import { inShell, linesOfRun } from "../support/printed-lines.ts";
import {
  ALL_S3,
  hasS3,
  type S3Server,
  startS3,
} from "../support/s3-servers.ts";

/** Seconds each: the first alone belongs into every run. */
const all = it.skipIf(!ALL_S3);

describe.skipIf(!hasS3("moto"))("a run with models in a bucket", () => {
  let server: S3Server;
  let at: S3UnderTest;
  let gitlab: FakeProject;
  let story: Story;
  const before = { ...process.env };
  beforeAll(async () => {
    server = await startS3("moto");
    Object.assign(process.env, server.env);
  });
  afterAll(async () => {
    process.env = before;
    await server?.stop();
  });
  beforeEach(async () => {
    at = await s3UnderTest(server);
    gitlab = await startFakeProject();
    story = new Story(gitlab, at.store.url, server.env);
    for (const name of ["a", "b"])
      await at.write("main", {
        [`model/${name}/model.json`]: CONFIG,
        [`model/${name}/toy.weights`]: GOOD(1),
      });
  });
  afterEach(async () => {
    story.remove();
    await gitlab.close();
    await at.close();
  });

  async function run(branch: string, ...args: string[]) {
    const words = ["run", "--isolation", "none", "--model-branch", branch];
    const result = await story.command([...words, ...args]);
    expect({ code: result.code, log: result.stdout }).toMatchObject({
      code: 0,
    });
    return result.stdout;
  }

  const shown = async (branch: string) => {
    const snapshot = await at.store.snapshot(branch);
    const paths = [
      ...(await pathsOf(snapshot, "model/")),
      ...(await pathsOf(snapshot, "edge/")),
    ];
    return Promise.all(
      paths.map(async (path) => [path, await textAt(snapshot, path)]),
    );
  };

  it("publishes, leaves what did not change, and prints lines that bring the models to a machine", async () => {
    await run("main");
    const lines = linesOfRun(story.cwd);
    expect(lines).toContain(`model-to-edge fetch ${at.store.url}/s3-`);
    const device = await inShell(lines, { env: server.env });
    expect({ code: device.code, log: device.log }).toMatchObject({ code: 0 });

    // As the page says it: without our program, by the index.
    const json = async (key: string) => {
      const place = { Bucket: at.bucket, Key: at.prefix + key };
      const { Body } = await at.client.send(new GetObjectCommand(place));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    };
    const index = JSON.parse(
      String(await json(".model-to-edge/branches/main.json")),
    );
    const { sha256 } = index.files["edge/a/manifest.json"];
    const manifest = await json(`.model-to-edge/objects/${sha256}`);
    expect(JSON.parse(String(manifest))).toMatchObject({ name: "a" });

    const head = await at.store.head("main");
    expect(await run("main")).toContain("unchanged");
    expect(await at.store.head("main")).toBe(head);
  });

  all(
    "lands what a branch proved, once, and refuses what changed after the green",
    async () => {
      await run("main");
      const made = await story.command(["branch", "feature/x", "--create"]);
      expect(made.stdout).toBe("feature--x\n");
      await at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
      await run("feature--x");
      const proved = await shown("feature--x");

      await at.write("feature--x", { "model/a/toy.weights": MISFIT });
      const commit = story.merge("feature/x", 7);
      const refused = await story.land(commit);
      expect(refused).toMatchObject({
        code: 1,
        document: { requests: [{ code: "stale-verdict" }] },
      });

      await at.write("feature--x", { "model/a/toy.weights": GOOD(5) });
      const landed = await story.land(commit);
      expect({ code: landed.code, log: landed.stdout }).toMatchObject({
        code: 0,
      });
      expect(landed.document.requests).toMatchObject([
        { status: "landed", models: [{ name: "a", state: "green" }] },
      ]);
      expect(await shown("main")).toEqual(proved);
      expect(await at.store.head("feature--x")).toBeNull();
      expect((await story.land(commit)).document.requests).toMatchObject([
        { status: "already" },
      ]);
      expect(await run("main")).toContain("unchanged");
    },
  );

  all(
    "says of a conflict the way that works: a new branch from the target",
    async () => {
      await run("main");
      for (const name of ["x", "y"]) {
        await story.command(["branch", `feature/${name}`, "--create"]);
        const weights = GOOD(name === "x" ? 5 : 6);
        await at.write(`feature--${name}`, { "model/a/toy.weights": weights });
        await run(`feature--${name}`);
      }
      expect((await story.land(story.merge("feature/x", 7))).code).toBe(0);
      const second = await story.land(story.merge("feature/y", 8));
      expect(second).toMatchObject({
        ...{ code: 1, document: { requests: [{ code: "conflict" }] } },
      });
      expect(second.stdout).toContain("branch NAME --create");

      await story.command(["branch", "feature/z", "--create"]);
      await at.write("feature--z", { "model/a/toy.weights": GOOD(6) });
      await run("feature--z");
      const third = await story.land(story.merge("feature/z", 9));
      expect(
        third.document.requests.map(({ iid, status }) => [iid, status]),
      ).toEqual([
        [8, "refused"],
        [9, "landed"],
      ]);
    },
  );

  all("publishes nothing of a red model", async () => {
    await at.write("main", { "model/a/toy.weights": MISFIT });
    const words = ["run", "--isolation", "none", "--model-branch", "main"];
    expect((await story.command(words)).code).toBe(1);
    expect(await pathsOf(await at.store.snapshot("main"), "edge/")).toEqual([]);
  });

  all("takes the keys of a role by the job's ID token", async () => {
    const token = join(story.cwd, "id-token");
    mkdirSync(story.cwd, { recursive: true });
    writeFileSync(token, "an ID token of GitLab");
    const doctor = await story.command(["doctor", "--store", at.store.url], {
      ...{ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
      ...{ AWS_ENDPOINT_URL_STS: server.endpoint, HOME: story.cwd },
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/models",
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
    });
    expect(doctor.stdout).toContain(`${at.store.url} answers`);
  });

  it("names the variables where it finds no keys", async () => {
    const without = await story.command(["doctor", "--store", at.store.url], {
      ...{ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
      ...{ AWS_EC2_METADATA_DISABLED: "true", HOME: story.cwd },
    });
    expect(without.code).toBe(2);
    expect(without.stdout).toContain("AWS_WEB_IDENTITY_TOKEN_FILE");
  });

  it("init writes a pipeline for the bucket, and doctor finds that it answers and has the branch", async () => {
    const made = await story.command(["init", "--store", at.store.url]);
    expect({ code: made.code, log: made.stdout }).toMatchObject({ code: 0 });
    expect(made.stdout).toContain("AWS_ENDPOINT_URL_S3");
    const pipeline = readFileSync(join(story.cwd, ".gitlab-ci.yml"), "utf8");
    expect(pipeline).toContain(`store: ${at.store.url}`);

    const doctor = await story.command(["doctor", "--store", at.store.url]);
    expect(doctor.stdout).toContain(`${at.store.url} answers`);
  });

  all("doctor tries the bucket, and sweep finds nothing", async () => {
    const doctor = await story.command(["doctor", "--store", at.store.url]);
    expect(doctor.stdout).toContain(`${at.store.url} answers`);
    const sweep = await story.command(["sweep", "--store", at.store.url]);
    expect({ code: sweep.code, log: sweep.stdout }).toMatchObject({ code: 0 });
  });
});
