import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  it,
  onTestFinished,
} from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { openTarget } from "../../src/registry/open-target.ts";
import {
  promotionIn,
  published,
  setUp,
  weights,
} from "../commands/promoting.ts";
import { releaseSample } from "../registry/release-sample.ts";
import { commandLine } from "../support/command-line.ts";
import { type MlflowServer, startMlflow } from "../support/mlflow-server.ts";
import { toyStore } from "../support/toy-store.ts";

/** What MLflow's own client reads of all runs. */
const READ = `
import json, mlflow
found = mlflow.search_runs(experiment_names=["conversion-experiment"], output_format="list")
print(json.dumps([{
    "name": run.info.run_name, "status": run.info.status,
    "tags": run.data.tags, "metrics": run.data.metrics,
    "verdict": mlflow.artifacts.load_dict(run.info.artifact_uri + "/verdict.json")["outcome"],
} for run in sorted(found, key=lambda run: run.info.run_name)]))
`;

/** The promoted model by its alias, run on one input by both of MLflow's loaders. */
const LOAD = `
import json, mlflow, numpy
uri = "models:/t4base@edge"
graph = mlflow.onnx.load_model(uri)
rows = numpy.array([[1, 1, 1, 1]], dtype=numpy.float32)
said = mlflow.pyfunc.load_model(uri).predict(rows)
print(json.dumps({"outputs": [port.name for port in graph.graph.output],
    "values": [value.tolist() for value in said.values()]}))
`;

describe.skipIf(process.env.MLFLOW !== "all")("a real MLflow server", () => {
  let server: MlflowServer;

  beforeAll(async () => {
    server = await startMlflow();
  }, 600_000);
  afterAll(async () => {
    await server?.stop();
  });

  const python = (code: string) =>
    JSON.parse(
      execFileSync(server.python, ["-c", code], {
        env: { ...process.env, MLFLOW_TRACKING_URI: server.url },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );

  it("has a run for each model, which its own client reads", async () => {
    const store = toyStore({ bad: { misbehave: "wrong-weights" }, good: {} });

    const run = await store.run([], {
      env: { MLFLOW_TRACKING_URI: server.url },
    });

    expect(run.code, run.stdout).toBe(1);
    const [red] = store.summary().models;
    expect(python(READ)).toMatchObject([
      {
        ...{ name: "bad", status: "FAILED", verdict: "fail" },
        tags: { "edge.sentence": red?.sentence, "edge.verdict": "fail" },
      },
      {
        ...{ name: "good", status: "FINISHED", verdict: "pass" },
        tags: { "mlflow.runType": "conversion", "conversion.format": "onnx" },
        metrics: { "edge.size_bytes": expect.any(Number) },
      },
    ]);
  }, 300_000);

  it("has a promoted model, which mlflow.onnx and pyfunc load by its alias", async () => {
    const { store } = setUp();
    await published(store);
    const env = { MLFLOW_TRACKING_URI: server.url };
    const promote = () =>
      commandLine(
        [
          ...["promote", "--store", store.url, "--model", "det"],
          ...["--to", "mlflow:"],
        ],
        { cwd: store.cwd, env },
      );

    const first = await promote();
    expect(first.stdout).toContain("t4base 1.0.0: promoted");
    expect(first.code).toBe(0);
    expect(promotionIn(store).aliases).toEqual([
      { name: "edge", was: null },
      { name: "latest", was: null },
    ]);
    expect(python(LOAD)).toEqual({
      ...{ outputs: ["output"], values: [[[1, 2, 3, 5]]] },
    });

    const again = await promote();
    expect(again.code, again.stdout).toBe(0);
    expect(promotionIn(store).status).toBe("there");

    store.write("model/det/toy.weights", weights(2, 2, 2, 2));
    await published(store);
    const second = await promote();
    expect(second.stdout).toContain("t4base 1.1.0: promoted");
    expect(python(LOAD).values).toEqual([[[2, 2, 2, 2]]]);
  }, 300_000);

  it("keeps one of several promotions of a version, whole", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mlflow-release-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const environment = readEnvironment({ MLFLOW_TRACKING_URI: server.url });
    const { signal } = new AbortController();
    const target = await openTarget({ environment, signal }, "mlflow:", "NONE");
    const model = { algorithm: "CenterPoint", name: "t4base" };
    const samples = ["a", "b", "c"].map((content) =>
      releaseSample(folder, content, "7.0.0"),
    );

    const outcomes = await Promise.all(
      samples.map(({ release, files }) => target.put(release, files)),
    );

    const statuses = outcomes.map(({ status }) => status).sort();
    expect(statuses).toEqual(["other", "other", "put"]);
    const there = await target.read(model, "7.0.0");
    const won = outcomes.findIndex(({ status }) => status === "put");
    expect(there).toEqual(samples[won]?.release);
    expect(await target.models()).toEqual([model]);
    expect(await target.versions(model)).toContain("7.0.0");

    const note = { model, release: "7.0.0", name: "handover-x" };
    const long = "ä 🚗".repeat(7000);
    expect(await target.notes?.read(note)).toBeNull();
    const write = (was: string | null, is: string) =>
      target.notes?.write(note, { was, is });
    expect(await write(null, long)).toBe(true);
    expect(await target.notes?.read(note)).toBe(long);
    expect(await write(null, "other")).toBe(false);
    expect(await write(long, "short")).toBe(true);
    expect(await target.notes?.read(note)).toBe("short");

    const alias = (name: string) =>
      target.setAlias(model, name, {
        ...{ was: null, is: { release: "7.0.0", before: [] } },
      });
    await expect(alias("v1")).rejects.toMatchObject({ code: "mlflow-name" });
    expect(await alias("trial")).toBe(true);
    expect(await alias("trial")).toBe(false);
    expect(await target.aliases(model)).toContain("trial");
  });
});
