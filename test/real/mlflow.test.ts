import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
});
