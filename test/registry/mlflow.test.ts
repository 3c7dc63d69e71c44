import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { refusal } from "../support/mlflow-answers.ts";
import { mlflowStandIn } from "../support/mlflow-stand-in.ts";
import { registryConformance } from "./conformance.ts";
import {
  harmedMlflow,
  MLFLOW_KIND,
  mlflowRegistry,
  mlflowTargetAt,
} from "./mlflow-registry.ts";
import { releaseSample } from "./release-sample.ts";
import { restoreConformance } from "./restore-conformance.ts";

const MODEL = { algorithm: "CenterPoint", name: "t4base" };

registryConformance(
  "MLflow",
  async () => {
    const { url } = await mlflowStandIn();
    return mlflowRegistry(url);
  },
  MLFLOW_KIND,
);

restoreConformance("MLflow", async () => {
  const { url } = await mlflowStandIn();
  return harmedMlflow(url);
});

test("MLflow's own file of a version is put back, too", async () => {
  const stand = await mlflowStandIn();
  const target = mlflowTargetAt(stand.url);
  const { release, files } = sampleHere();
  await target.put(release, files);
  const [name = ""] = [...stand.bytes.keys()].filter((key) =>
    key.endsWith("/MLmodel"),
  );
  const bytes = stand.bytes.get(name);
  await harmedMlflow(stand.url).remove({
    ...{ model: MODEL, version: "1.0.0", name: "MLmodel" },
  });
  expect(stand.bytes.has(name)).toBe(false);

  expect((await target.put(release, files)).status).toBe("put");
  expect(stand.bytes.get(name)).toEqual(bytes);
});

function sampleHere(version = "1.0.0") {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-release-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return releaseSample(folder, "a", version);
}

test.each([
  "POST runs/create",
  "POST registered-models/create",
  "POST model-versions/create",
  "POST runs/update",
])("the lost answer to %s leaves one version and one run", async (lost) => {
  let drops = 0;
  const stand = await mlflowStandIn({
    instead: (call) => (call === lost && drops++ === 0 ? "drop" : null),
  });
  const { release, files } = sampleHere();

  const put = await mlflowTargetAt(stand.url).put(release, files);

  expect(put).toEqual({ status: "put" });
  expect(drops).toBeGreaterThan(0);
  expect(stand.models.get("t4base")?.versions).toHaveLength(1);
  const runs = [...stand.runs].filter(([id]) => id !== "made");
  expect(runs.map(([, { status }]) => status)).toEqual(["FINISHED"]);
});

test("a name that MLflow refuses is exit code 2 with its own words", async () => {
  const { url } = await mlflowStandIn();
  const { release, files } = sampleHere();
  for (const name of ["a:b", "a/b"])
    await expect(
      mlflowTargetAt(url).put({ ...release, name }, files),
    ).rejects.toMatchObject({
      ...{ code: "mlflow-refused", exitCode: 2 },
      message: expect.stringContaining("cannot be empty or contain"),
    });
});

test("MLflow's list of versions says what each is", async () => {
  const stand = await mlflowStandIn();
  const { release, files } = sampleHere("1.1.0");
  const changes = ["`a` was [x](http://y), is *b*", "two", "three", "four"];
  const since = { release: "1.0.0", level: "breaking" as const, changes };

  await mlflowTargetAt(stand.url).put({ ...release, since }, files);

  const [version] = stand.models.get("t4base")?.versions ?? [];
  expect(version?.description).toBe(
    "1.1.0, verdict pass. Since 1.0.0, breaking: \\`a\\` was \\[x\\](http://y), is \\*b\\*; two; three; 1 more",
  );
});

test.each(["v1", "V12"])(
  "the alias %s is refused before it is sent",
  async (alias) => {
    const { url, calls } = await mlflowStandIn();
    const { release, files } = sampleHere();
    const target = mlflowTargetAt(url);
    await target.put(release, files);
    const before = calls.length;

    await expect(
      target.setAlias(MODEL, alias, {
        ...{ was: null, is: { release: "1.0.0", before: [] } },
      }),
    ).rejects.toMatchObject({ code: "mlflow-name", exitCode: 2 });
    expect(calls.length).toBe(before);
  },
);

test("latest is ours: MLflow keeps that word, so that it is a tag", async () => {
  const stand = await mlflowStandIn();
  const target = mlflowTargetAt(stand.url);
  const { release, files } = sampleHere();
  await target.put(release, files);

  const is = { release: "1.0.0", before: [] };
  expect(await target.setAlias(MODEL, "latest", { was: null, is })).toBe(true);

  expect(await target.alias(MODEL, "latest")).toEqual(is);
  expect(stand.models.get("t4base")?.aliases.size).toBe(0);
});

test("a user who may not register leaves no version, and the run is closed", async () => {
  const stand = await mlflowStandIn({
    instead: (call) =>
      call === "POST model-versions/create"
        ? refusal("PERMISSION_DENIED", "no", 403)
        : null,
  });
  const { release, files } = sampleHere();

  await expect(
    mlflowTargetAt(stand.url).put(release, files),
  ).rejects.toMatchObject({ code: "mlflow-refused" });

  expect(await mlflowTargetAt(stand.url).versions(MODEL)).toEqual([]);
  const runs = [...stand.runs].filter(([id]) => id !== "made");
  expect(runs.map(([, { status }]) => status)).toEqual(["KILLED"]);
});
