import { describe, expect, it } from "vitest";
import { mlflowStandIn, RECORDED } from "../support/mlflow-stand-in.ts";
import { toyStore } from "../support/toy-store.ts";

const SPEC = "5e".repeat(32);
const PASSWORD = "hidden-word-7";

const runsOf = ({ runs }: Awaited<ReturnType<typeof mlflowStandIn>>) =>
  [...runs].filter(([id]) => id !== "made").map(([, run]) => run);

describe("runs in MLflow", () => {
  it("there is one for each model, the red one FAILED with its sentence", async () => {
    const mlflow = await mlflowStandIn();
    const store = toyStore({
      bad: { misbehave: "wrong-weights" },
      good: {},
    });
    store.write(
      "model/good/training.json",
      JSON.stringify({ spec_fp: SPEC, run_id: "run-7" }),
    );
    const env = {
      MLFLOW_TRACKING_URI: mlflow.url.replace("//", `//user:${PASSWORD}@`),
    };

    const run = await store.run([], { env });

    expect(run.code, run.stdout).toBe(1);
    expect(run.stdout).toContain("MLflow: 2 runs in the experiment");
    expect(run.stdout + run.stderr).not.toContain(PASSWORD);
    const [bad, good] = runsOf(mlflow);
    const [red, green] = store.summary().models;
    expect(bad).toMatchObject({
      ...{ name: "bad", status: "FAILED" },
      tags: { "edge.verdict": "fail", "edge.sentence": red?.sentence },
    });
    expect(bad?.tags["mlflow.note.content"]).toContain("May not ship: ");
    expect(good).toMatchObject({
      ...{ name: "good", status: "FINISHED" },
      tags: {
        "mlflow.runType": "conversion",
        "conversion.format": "onnx",
        "conversion.quantization": "none",
        "conversion.opset_version": "13",
        "code.lineage.source": "final_training",
        "code.lineage.parent_spec_fp": SPEC,
        "code.lineage.parent_training_run_id": "run-7",
        "edge.exec_fp": green?.exec_fp,
        "edge.verdict": "pass",
        "edge.store_commit": store.summary().store.commit,
      },
    });
    expect(Object.keys(good?.metrics ?? {})).toEqual(
      expect.arrayContaining(["edge.error_over_noise", "edge.size_bytes"]),
    );
    expect(bad?.metrics["edge.error_over_noise"]).toBeGreaterThan(1000);
    for (const name of ["verdict.json", "report.html", "contract.json"])
      expect(good?.files[name]?.size, name).toBeGreaterThan(100);
    for (const { headers } of mlflow.calls) {
      expect(headers.origin).toBeUndefined();
      expect(headers.authorization).toBe(
        `Basic ${Buffer.from(`user:${PASSWORD}`).toString("base64")}`,
      );
    }

    // Nothing was converted: there is nothing to record of the green one.
    store.write("model/bad/model.json", JSON.stringify({ channels: 4 }));
    await store.run([], { env });
    const again = await store.run([], { env });
    expect(again.code).toBe(0);
    expect(runsOf(mlflow)).toHaveLength(4);
  });

  it("refused, it is one warning, and the exit code stays", async () => {
    const mlflow = await mlflowStandIn({
      instead: () => RECORDED.hostHeader,
    });
    const store = toyStore();

    const run = await store.run([], {
      env: { MLFLOW_TRACKING_URI: mlflow.url },
    });

    expect(run.code, run.stdout).toBe(0);
    const warnings = run.stdout
      .split("\n")
      .filter((line) => line.startsWith("warning: not recorded in MLflow"));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/Invalid Host header.*--allowed-hosts/);
    expect(run.stdout).toContain("errors.md#mlflow-refused");
    expect(store.summary().exit_code).toBe(0);
  });

  it("away, it is one warning; required, exit code 3; a red run stays 1", async () => {
    const store = toyStore({ det: {} });
    const env = { MLFLOW_TRACKING_URI: "http://127.0.0.1:65533" };

    const quiet = await store.run([], { env });
    expect(quiet.code, quiet.stdout).toBe(0);
    expect(quiet.stdout.match(/^warning: not recorded/gm)).toHaveLength(1);
    const again = ["--mlflow", "required", "--force"];
    const run = await store.run(again, { env });

    expect(run.code, run.stdout).toBe(3);
    expect(run.stdout).toContain("error: not recorded in MLflow");
    expect(store.summary().exit_code).toBe(3);
    expect(store.exists("edge/det/manifest.json")).toBe(true);

    store.write(
      "model/det/model.json",
      JSON.stringify({ channels: 4, misbehave: "wrong-weights" }),
    );
    const red = await store.run(["--mlflow", "required"], { env });
    expect(red.code).toBe(1);
    expect(store.summary().exit_code).toBe(1);
  });

  it("a run is closed also after SIGTERM", async () => {
    let stop = () => {};
    const mlflow = await mlflowStandIn({
      instead: (call) => {
        if (!call.startsWith("PUT")) return null;
        stop();
        return "hang";
      },
    });
    const store = toyStore();

    const run = await store.run([], {
      env: { MLFLOW_TRACKING_URI: mlflow.url },
      started: (child) => {
        stop = () => child.kill("SIGTERM");
      },
    });

    expect(run.code).toBe(3);
    expect(run.stdout).toContain("stopped by SIGTERM");
    expect(runsOf(mlflow).map(({ status }) => status)).toEqual(["KILLED"]);
  });
});
