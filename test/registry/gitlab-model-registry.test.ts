import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  MODEL_TOKEN,
  READING_TOKEN,
  REPORTER_TOKEN,
} from "../support/fake-model-registry.ts";
import {
  type FakePackages,
  type PackageFault,
  startFakePackages,
} from "../support/fake-packages.ts";
import { gitlabTargetOf } from "./gitlab-target.ts";
import { releaseSample, type Sample, withCard } from "./release-sample.ts";

const CREATE = "POST /ml/mlflow/api/2.0/mlflow/model-versions/create";
const GET = "GET /ml/mlflow/api/2.0/mlflow/model-versions/get";
const UPLOAD = "PUT /packages/ml_models/";
const away = { status: 503 };
const AWAY = Array(9).fill(away);
const PAGE = [{ status: 200, body: "<html>" }];
const TOO_LARGE = [{ status: 413 }];

async function setUp(version = "1.0.0", token = MODEL_TOKEN) {
  const fake = await startFakePackages();
  onTestFinished(() => fake.close());
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-models-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sample = withWeights(folder, releaseSample(folder, "a", version));
  const show = (shown = withCard(folder, sample, "card")) => {
    const variables = { MODEL_TO_EDGE_TOKEN: token };
    const { pages } = gitlabTargetOf(fake, { variables });
    if (!pages) throw new Error("no pages");
    return pages.show(shown.release, shown.files);
  };

  return { fake, sample, show };
}

/** Weights in a folder beside the graph, and a contract. */
function withWeights(folder: string, { release, files }: Sample): Sample {
  const more = ["parts/detector.onnx.data", "contract.json"].map((name) => {
    const file = join(folder, name.replace("/", "-"));
    writeFileSync(file, name);
    const sha256 = createHash("sha256").update(name).digest("hex");
    return { name, file, size: name.length, sha256 };
  });
  const listed = more.map(({ file, ...each }) => each);

  return {
    release: { ...release, files: [...release.files, ...listed] },
    files: [...files, ...more],
  };
}

function filesIn({ models }: FakePackages) {
  return models.versions.flatMap(({ files }) =>
    files.map(({ name, sha256 }) => [name, sha256]),
  );
}

describe("GitLab's model registry", () => {
  it.each([false, true])(
    "shows a version with what a program loads, once (object store: %s)",
    async (objectStore) => {
      const { fake, sample, show } = await setUp();
      fake.objectStore = objectStore;

      const first = await show();
      const link = `${new URL(fake.api).origin}/gitlab/vision/models/-/ml/models/1/versions/501`;
      expect(first).toEqual({ status: "shown", link });
      expect(fake.models.models).toEqual(["CenterPoint.t4base"]);
      const [made] = fake.models.versions;
      expect(made).toMatchObject({ version: "1.0.0" });
      expect(made?.description).toContain("1.0.0, verdict pass.");
      expect(made?.description).toContain(sample.release.digest);
      expect(made?.description).toContain(
        "/packages/generic/CenterPoint.t4base/1.0.0/README.md)",
      );
      const expected = sample.files
        .filter(({ name }) => /onnx|contract/.test(name))
        .map(({ name, sha256 }) => [name.replace("/", "%2F"), sha256]);
      expect(expected).toHaveLength(3);
      expect(filesIn(fake)).toEqual(expected);

      expect(await show()).toEqual(first);
      expect(fake.models.versions).toEqual([made]);
      expect(filesIn(fake)).toEqual(expected);
      expect(fake.storeHeaders).toHaveLength(objectStore ? 6 : 0);
      for (const headers of fake.storeHeaders)
        expect(headers.authorization).toBeUndefined();
    },
  );

  it("two at once make one version", async () => {
    const { fake, show } = await setUp();
    const both = await Promise.all([show(), show()]);

    expect(both[0]).toEqual(both[1]);
    expect(fake.models.versions).toHaveLength(1);
  });

  it.each([CREATE, UPLOAD])(
    "an answer to %s that was lost, and a server that is away for a moment",
    async (call) => {
      const { fake, sample, show } = await setUp();
      fake.faults.set(call, [away, { status: 0, cut: true }]);

      expect(await show()).toMatchObject({ status: "shown" });
      expect(fake.models.versions).toHaveLength(1);
      const found = filesIn(fake).map(([, sha256]) => sha256);
      expect(found).toHaveLength(3);
      expect(found).toContain(sample.files[0]?.sha256);
    },
  );

  it.each(["20241101", "1.4", "1.1.0-oem.1"])(
    "leaves version %s out, without a call",
    async (version) => {
      const { fake, show } = await setUp(version);

      expect(await show()).toEqual({
        status: "left out",
        why: `it takes versions of three numbers, and ${version} is none`,
      });
      expect(fake.calls).toEqual([]);
    },
  );

  it("leaves a project out that has it switched off", async () => {
    const { fake, show } = await setUp();
    fake.models.enabled = false;

    const outcome = await show();
    expect(outcome).toMatchObject({ status: "left out" });
    expect(JSON.stringify(outcome)).toContain("GitLab answered 404");
    expect(fake.calls.map((call) => call.replace(/\?.*/, ""))).toEqual([GET]);
  });

  it.each([READING_TOKEN, REPORTER_TOKEN])(
    "leaves it out where %s may read alone, as a token for notes does",
    async (token) => {
      const { fake, show } = await setUp("1.0.0", token);

      expect(await show()).toEqual({
        status: "left out",
        why: expect.stringMatching(/scope api and the role Developer/),
      });
      expect(fake.models.models).toEqual([]);
    },
  );

  it("says that a token is unknown, and does not show it", async () => {
    const { show } = await setUp("1.0.0", "glpat-nobody");
    const error = await show().catch((thrown) => thrown);

    expect(error).toMatchObject({ code: "registry-refused", exitCode: 2 });
    expect(`${error.message} ${error.hint}`).toMatch(/401.*scope api and the/);
    expect(error.message).not.toContain("glpat-nobody");
  });

  it.each<[string, string, PackageFault[], string, RegExp]>([
    ["out of reach", GET, AWAY, "registry-unreachable", /503/],
    ["a login page", GET, PAGE, "registry-refused", /names no version/],
    ["a proxy's limit", UPLOAD, TOO_LARGE, "registry-refused", /size limit/],
  ])("%s", async (_, call, faults, code, says) => {
    const { fake, show } = await setUp();
    fake.faults.set(call, faults);
    const error = await show().catch((thrown) => thrown);

    expect(error).toMatchObject({ code });
    expect(`${error.message} ${error.hint}`).toMatch(says);
  });

  it("repeats GitLab's word about a file over its limit", async () => {
    const { fake, show } = await setUp();
    fake.models.limit = 3;
    await expect(show()).rejects.toThrow("Artifact file is too large");
  });

  it("says so where GitLab makes no version", async () => {
    const { fake, show } = await setUp();
    const body = { error_code: "INVALID_PARAMETER_VALUE", message: "no" };
    fake.faults.set(CREATE, [{ status: 400, body }]);

    await expect(show()).rejects.toThrow(/refused to make CenterPoint.t4base/);
  });

  it("adds nothing to a version that someone else made", async () => {
    const { fake, show } = await setUp();
    const of = { id: 7, name: "CenterPoint.t4base", version: "1.0.0" };
    fake.models.versions.push({ ...of, description: "mine", files: [] });

    await expect(show()).rejects.toMatchObject({ code: "release-damaged" });
    expect(filesIn(fake)).toEqual([]);
  });

  it("sees other bytes: of an upload, and of someone else's file", async () => {
    const { fake, show } = await setUp();
    fake.models.corrupt.add("detector.onnx");

    for (const _ of ["uploaded", "there"])
      await expect(show()).rejects.toMatchObject({
        ...{ code: "release-damaged" },
        message: expect.stringMatching(/detector\.onnx .* with other bytes/),
      });
    expect(filesIn(fake)).toHaveLength(1);
  });
});
