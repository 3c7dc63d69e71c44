import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { published, setUp } from "../commands/promoting.ts";
import { hasChromium, useChromium } from "../support/chromium.ts";
import { commandLine } from "../support/command-line.ts";
import { type MlflowServer, startMlflow } from "../support/mlflow-server.ts";
import { toyStore } from "../support/toy-store.ts";

const isAsked = process.env.MLFLOW === "all";
const browserHere = isAsked && hasChromium("test/real/mlflow-pages.test.ts");
/** Folder for pictures, to be looked at; none where it is not set. */
const PICTURES = process.env.MLFLOW_PICTURES;

describe.skipIf(!browserHere)("MLflow's own pages", () => {
  let server: MlflowServer;
  const reader = useChromium();

  beforeAll(async () => {
    server = await startMlflow();
  }, 600_000);
  afterAll(async () => {
    await server?.stop();
  });

  const open = async (path: string): Promise<Page> => {
    const page = await reader.newPage({
      viewport: { width: 1500, height: 950 },
    });
    await page.goto(`${server.url}/#/${path}`);
    return page;
  };
  const picture = async (page: Page, name: string) => {
    if (!PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.waitForTimeout(3000);
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  };

  it("show the red run, and on its page why it is red", async () => {
    const store = toyStore({ bad: { misbehave: "wrong-weights" }, good: {} });
    const env = { MLFLOW_TRACKING_URI: server.url };
    expect((await store.run([], { env })).code).toBe(1);
    const { experiment_id, run_id } = await redRun(server.url);

    const list = await open(`experiments/${experiment_id}/runs`);
    await list.getByText("bad", { exact: true }).first().waitFor();
    await list.getByText("good", { exact: true }).first().waitFor();
    await picture(list, "experiment");

    const run = await open(`experiments/${experiment_id}/runs/${run_id}`);
    const [red] = store.summary().models;
    const words = String(red?.sentence).slice(0, 30);
    await run.getByText(words).first().waitFor({ timeout: 60_000 });
    await run.getByText("Failed").first().waitFor();
    await run.getByText("May not ship").first().waitFor();
    await picture(run, "red-run");
  }, 300_000);

  it("show a promoted model with its alias", async () => {
    const { store } = setUp();
    await published(store);
    const { code, stdout } = await commandLine(
      [
        ...["promote", "--store", store.url, "--model", "det"],
        ...["--to", "mlflow:"],
      ],
      { cwd: store.cwd, env: { MLFLOW_TRACKING_URI: server.url } },
    );
    expect(code, stdout).toBe(0);

    const page = await open("models/t4base");
    await page.getByText("edge", { exact: false }).first().waitFor();
    await page.getByText("Version 1").first().waitFor();
    await picture(page, "model");
    const version = await open("models/t4base/versions/1");
    await version.getByText("1.0.0").first().waitFor();
    await picture(version, "version");
  }, 300_000);
});

interface Info {
  experiment_id: string;
  run_id: string;
}

async function redRun(base: string): Promise<Info> {
  const named = `${base}/api/2.0/mlflow/experiments/get-by-name?experiment_name=conversion-experiment`;
  const { experiment } = (await (await fetch(named)).json()) as {
    experiment: { experiment_id: string };
  };
  const answer = await fetch(`${base}/api/2.0/mlflow/runs/search`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      experiment_ids: [experiment.experiment_id],
      filter: "attributes.status = 'FAILED'",
    }),
  });
  const { runs } = (await answer.json()) as { runs: { info: Info }[] };
  const [red] = runs;
  if (!red) throw new Error("MLflow has no run that failed");

  return red.info;
}
