import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type FakePackages,
  PACKAGE_JOB_TOKEN,
  PACKAGE_TOKEN,
  type PackageFault,
  startFakePackages,
} from "../support/fake-packages.ts";
import { gitlabTargetOf } from "./gitlab-target.ts";
import { releaseSample } from "./release-sample.ts";

const MODEL = { algorithm: "CenterPoint", name: "t4base" };
const UPLOAD = "PUT /packages/generic/CenterPoint.t4base/1.0.0/";

async function setUp(setting: Partial<FakePackages> = {}) {
  const fake = await startFakePackages();
  onTestFinished(() => fake.close());
  Object.assign(fake, setting);
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-gitlab-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));

  return { fake, folder, sample: releaseSample(folder, "a") };
}

describe("packages of GitLab", () => {
  it.each<[string, PackageFault, string, number, RegExp]>([
    ["a wrong token", { status: 401 }, "registry-refused", 2, /lives as long/],
    [
      "a role too low",
      { status: 403, body: { message: "403 Forbidden" } },
      ...(["registry-refused", 2, /role Developer or higher/] as const),
    ],
    ["no registry", { status: 404 }, "registry-refused", 2, /allowlist/],
    [
      "a file over GitLab's limit",
      { status: 400, body: { message: "400 Bad request - File is too large" } },
      ...(["registry-refused", 2, /File is too large/] as const),
    ],
    [
      "a file over the proxy's limit",
      { status: 413, body: "<html>Request Entity Too Large</html>" },
      ...(["release-too-large", 2, /file size limit/] as const),
    ],
    [
      "a login page",
      { status: 200, body: { hello: 1 } },
      ...(["registry-unreachable", 3, /as the sha256 of/] as const),
    ],
  ])("%s is an error for people", async (_, fault, code, exitCode, says) => {
    const { fake, sample } = await setUp();
    fake.faults.set(UPLOAD, [fault]);
    const target = gitlabTargetOf(fake);

    const error = await target
      .put(sample.release, sample.files)
      .catch((thrown) => thrown);

    expect(error).toMatchObject({ code, exitCode });
    expect(`${error.message} ${error.hint}`).toMatch(says);
    expect(`${error.message}`).not.toContain(PACKAGE_JOB_TOKEN);
    expect(await target.read(MODEL, "1.0.0")).toBeNull();
  });

  it("waits for a server that is overloaded, and no longer than that", async () => {
    const { fake, sample } = await setUp();
    const away = { status: 503 };
    fake.faults.set(UPLOAD, [away, away]);
    const target = gitlabTargetOf(fake);
    expect(await target.put(sample.release, sample.files)).toEqual({
      status: "put",
    });

    fake.faults.set("GET /packages", Array(20).fill(away));
    await expect(target.versions(MODEL)).rejects.toMatchObject({
      ...{ code: "registry-unreachable", exitCode: 3 },
    });
  });

  it("finds an upload whose answer was lost, and does not send it twice", async () => {
    const { fake, sample } = await setUp();
    const lost = { status: 0, cut: true };
    fake.faults.set(UPLOAD, [lost, lost, lost]);

    await gitlabTargetOf(fake).put(sample.release, sample.files);

    const names = fake.packages[0]?.files.map(({ name }) => name) ?? [];
    expect(names).toHaveLength(sample.files.length + 2);
    expect(new Set(names).size).toBe(names.length);
  });

  it("sees a file that arrived with other bytes, and the next run mends it", async () => {
    const { fake, sample } = await setUp({
      corrupt: new Set(["detector.onnx"]),
    });
    const target = gitlabTargetOf(fake);
    await expect(
      target.put(sample.release, sample.files),
    ).rejects.toMatchObject({ code: "registry-unreachable", exitCode: 3 });
    expect(await target.read(MODEL, "1.0.0")).toBeNull();

    expect(await target.put(sample.release, sample.files)).toEqual({
      status: "put",
    });
    expect(await target.read(MODEL, "1.0.0")).toEqual(sample.release);
  });

  it("shows the token to GitLab alone, not to the object store behind it", async () => {
    const { fake, sample } = await setUp({ objectStore: true });
    const target = gitlabTargetOf(fake);
    await target.put(sample.release, sample.files);
    expect(await target.read(MODEL, "1.0.0")).toEqual(sample.release);

    expect(fake.storeHeaders.length).toBeGreaterThan(0);
    expect(JSON.stringify(fake.storeHeaders)).not.toMatch(/glcbt|glpat/);
  });

  it("writes to another project by its path, with its own token or by the allowlist", async () => {
    const { fake, sample } = await setUp();
    const url = "gitlab:vision/other";
    const put = (target: ReturnType<typeof gitlabTargetOf>) =>
      target.put(sample.release, sample.files);

    await expect(put(gitlabTargetOf(fake, { url }))).rejects.toMatchObject({
      hint: expect.stringContaining("allowlist"),
    });
    const variables = { MODEL_TO_EDGE_TOKEN: PACKAGE_TOKEN };
    const target = gitlabTargetOf(fake, { url, variables });
    expect(await put(target)).toEqual({ status: "put" });
    expect(target.link(MODEL, "1.0.0")).toMatch(/vision\/other\/-\/packages$/);

    fake.allowlisted = true;
    expect(await put(gitlabTargetOf(fake, { url }))).toMatchObject({
      status: "there",
    });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ["no job", { CI_API_V4_URL: "" }, "registry-unknown", "CI_API_V4_URL"],
    ["no project", { CI_PROJECT_ID: "" }, "registry-unknown", "CI_PROJECT_ID"],
    ["no token", { CI_JOB_TOKEN: "" }, "token-missing", "MODEL_TO_EDGE_TOKEN"],
  ])(
    "%s is said before anything is asked",
    async (_, variables, code, says) => {
      const { fake } = await setUp();
      expect(() => gitlabTargetOf(fake, { variables })).toThrow(
        expect.objectContaining({
          ...{ code, message: expect.stringContaining(says) },
        }),
      );
      expect(fake.calls).toEqual([]);
    },
  );

  it("refuses names that GitLab would refuse, and writes nothing", async () => {
    const { fake, sample } = await setUp();
    const target = gitlabTargetOf(fake);
    const [graph, ...rest] = sample.files;
    if (!graph) throw new Error("a sample without files");

    for (const name of ["my log.txt", "größe.py", "~x", "a/../b", "a//b"])
      await expect(
        target.put(sample.release, [{ ...graph, name }, ...rest]),
        name,
      ).rejects.toMatchObject({ code: "release-name", exitCode: 2 });
    const dotted = { ...MODEL, algorithm: "Center.Point" };
    await expect(target.versions(dotted)).rejects.toMatchObject({
      code: "release-name",
    });
    await expect(target.alias(MODEL, "edge.1")).rejects.toMatchObject({
      code: "release-name",
    });
    expect(fake.packages).toEqual([]);
  });

  it("keeps folders", async () => {
    const { fake, sample } = await setUp();
    const target = gitlabTargetOf(fake);
    const [first, ...rest] = sample.files;
    if (!first) throw new Error("a sample without files");
    const files = [{ ...first, name: "weights/part.bin" }, ...rest];
    const release = {
      ...sample.release,
      files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    };

    await target.put(release, files);

    expect(await target.read(MODEL, "1.0.0")).toEqual(release);
    expect(fake.packages[0]?.files.map(({ name }) => name)).toContain(
      "weights%2Fpart.bin",
    );
  });

  it.each([["config.py"], ["release.json"]])(
    "finds a second %s that somebody added, as a download would give that one",
    async (name) => {
      const { fake, sample } = await setUp();
      const target = gitlabTargetOf(fake);
      await target.put(sample.release, sample.files);
      const { files: others } = sample.release;
      const forged = { ...sample.release, files: others.slice(1) };
      await fetch(
        `${fake.api}/projects/10/packages/generic/CenterPoint.t4base/1.0.0/${name}`,
        {
          ...{ method: "PUT", body: JSON.stringify(forged) },
          headers: { "JOB-TOKEN": PACKAGE_JOB_TOKEN },
        },
      );

      await expect(target.read(MODEL, "1.0.0")).rejects.toMatchObject({
        ...{ code: "release-damaged", exitCode: 2 },
      });
    },
  );

  it("lists models and aliases among packages of others", async () => {
    const { fake, folder } = await setUp({ pageSize: 2 });
    const target = gitlabTargetOf(fake);
    for (const version of ["1.0.0", "1.1.0", "2.0.0"]) {
      const { release, files } = releaseSample(folder, "a", version);
      await target.put(release, files);
      const was = await target.alias(MODEL, "edge");
      await target.setAlias(MODEL, "edge", {
        ...{ was, is: { release: version, before: [] } },
      });
    }
    for (const at of ["my-app/1.0.0", "some.tool/3", "CenterPoint.t4base.x/1"])
      await fetch(`${fake.api}/projects/10/packages/generic/${at}/a.txt`, {
        ...{ method: "PUT", body: "a" },
        headers: { "JOB-TOKEN": PACKAGE_JOB_TOKEN },
      });

    expect(await target.models()).toEqual([MODEL]);
    expect(await target.versions(MODEL)).toEqual(["1.0.0", "1.1.0", "2.0.0"]);
    expect(await target.aliases(MODEL)).toEqual(["edge"]);
    expect(await target.alias(MODEL, "edge")).toMatchObject({
      release: "2.0.0",
    });
  });
});
