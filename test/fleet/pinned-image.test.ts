import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { fleetSteps } from "./steps.ts";

const pinned = (name: string, digit: string) =>
  `registry.example/${name}@sha256:${digit.repeat(64)}`;

it("a plan in the image without an engine knows what was converted in the engine's own", async () => {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const place = makeFleetStore(root, { a: {} }, CHEAP);
  const toy = pinned("toy", "1");
  const ran = await fleetSteps({
    ...{ ...place, env: { CI_JOB_IMAGE: toy } },
  }).step([
    ...["run", "--store", place.url, "--model-branch", "main"],
    ...["--isolation", "none"],
  ]);
  expect(ran.code, ran.stdout).toBe(0);

  const decision = async (images: string) => {
    const env = {
      CI_JOB_IMAGE: pinned("runner", "2"),
      MODEL_TO_EDGE_ENGINE_IMAGES: images,
    };
    const steps = fleetSteps({ ...place, env });
    expect((await steps.plan()).code).toBe(0);
    return steps.json<Plan>("plan.json").models[0]?.decision;
  };
  expect(await decision(`toy=${toy}`)).toBe("unchanged");
  expect(await decision(`toy=${pinned("toy", "3")}`)).toBe("convert");
});
