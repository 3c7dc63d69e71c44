import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import type { Plan } from "../../src/plan/plan.ts";
import { componentFile, readComponent } from "../templates/component.ts";
import { interpolate } from "../templates/interpolate.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { fleetSteps } from "./steps.ts";

type Job = { image?: string; tags?: string[]; extends?: string };

const ENGINES = { a: "mmdeploy", b: "sklearn", c: "torch" };
const template = readComponent(componentFile("convert-fleet.yml"));

/** What the template gives its first job, as the runner does: with the variables in it. */
function variablesOf(inputs: Record<string, unknown>): Record<string, string> {
  const text = interpolate(template, { store: "lakefs://v", ...inputs });
  const jobs = parse(text) as Record<string, { variables?: object }>;
  const given = jobs["model-to-edge-convert-fleet-plan"]?.variables ?? {};
  const plain = Object.entries(given).filter(
    ([, value]) => typeof value === "string",
  );

  return Object.fromEntries(
    plain.map(([name, value]) => [
      name,
      String(value).replaceAll("$CI_REGISTRY", "registry.example"),
    ]),
  );
}

/** Image and tags of each job of the child pipeline, by the engine of a convert job, else by the job's last word. */
async function runners(inputs: Record<string, unknown>) {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const models = { a: {}, b: {}, c: {} };
  const { at, json, plan, step } = fleetSteps(
    makeFleetStore(root, models, CHEAP),
  );
  expect((await plan()).code).toBe(0);
  const planned = json<Plan>("plan.json");
  for (const model of planned.models)
    model.engine = ENGINES[model.name as keyof typeof ENGINES];
  writeFileSync(at("plan.json"), JSON.stringify(planned));

  const { MODEL_TO_EDGE_OUT: _, ...variables } = variablesOf(inputs);
  const made = await step(["fleet"], {
    env: {
      ...variables,
      ...{ CI_PIPELINE_ID: "4711", CI_PIPELINE_SOURCE: "push" },
      ...{ CI_COMMIT_BRANCH: "main" },
      CI_JOB_NAME: "model-to-edge-convert-fleet-plan",
    },
  });
  expect(made.code, made.stdout).toBe(0);
  const child = parse(readFileSync(at("child-pipeline.yml"), "utf8")) as Record<
    string,
    Job
  >;
  const visible = Object.entries(child).filter(([name]) =>
    /^(convert \d|model-to-edge)/.test(name),
  );

  return Object.fromEntries(
    visible.map(([name, job]) => {
      const { image, tags } = { ...child[job.extends ?? ""], ...job };
      const of =
        job.extends?.replace(".convert-", "") ?? name.split("-").at(-1);
      return [of, [image?.replace(/^.*\/|:.*$/g, ""), tags]];
    }),
  );
}

it("gpu and tags of the template's inputs reach the jobs of each engine, and no others", async () => {
  const small = ["runner", ["docker"]];
  const others = { start: small, publish: small, report: small };
  const tags = {
    "child-tags": "docker",
    "engine-tags": "mmdeploy=gpu,large; torch=gpu",
  };
  expect(await runners({ ...tags, gpu: true })).toEqual({
    mmdeploy: ["mmdeploy-cuda", ["gpu", "large"]],
    sklearn: ["sklearn", ["docker"]],
    torch: ["torch", ["gpu"]],
    ...others,
  });
  expect(
    await runners({ ...tags, "engine-images": "torch=mine/torch-cuda:7" }),
  ).toEqual({
    mmdeploy: ["mmdeploy", ["gpu", "large"]],
    sklearn: ["sklearn", ["docker"]],
    torch: ["torch-cuda", ["gpu"]],
    ...others,
  });
});
