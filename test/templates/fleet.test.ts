import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { optionsOf } from "../../src/config/command-options.ts";
import { FLEET_OPTIONS } from "../../src/config/fleet-options.ts";
import type { OptionSpec } from "../../src/config/option-spec.ts";
import { RUN_OPTIONS } from "../../src/config/options.ts";
import { optionVariable } from "../../src/environment/environment.ts";
import { ciProblems, compileCiSchema } from "./ci-schema.ts";
import { CONVERT, componentFile, readComponent } from "./component.ts";
import { interpolate } from "./interpolate.ts";

type Job = Record<string, unknown> & { variables: Record<string, unknown> };

const fleet = readComponent(componentFile("convert-fleet.yml"));
const convert = readComponent(CONVERT);
const check = compileCiSchema();
const PLAN = "model-to-edge-convert-fleet-plan";

function jobs(inputs: Record<string, unknown> = {}): Record<string, Job> {
  const text = interpolate(fleet, { store: "lakefs://v", ...inputs });
  return parse(text) as Record<string, Job>;
}

const OF_THE_RUN = RUN_OPTIONS.filter(
  (option: OptionSpec) => !option.commandLineOnly,
);

describe("the component convert-fleet", () => {
  it.skipIf(!check).each([
    {},
    {
      "job-prefix": "left-",
      stage: "convert",
      needs: ["train"],
      tags: ["a"],
    },
    { "engine-tags": "a=b,c; d=e", "engine-images": "a=$CI_REGISTRY/a:1" },
    { "max-jobs": 3, retry: 0, "allow-failure": true, gpu: true },
    { rules: [{ if: "$CI_COMMIT_TAG" }], "ca-file": "$COMPANY_CA" },
  ])("is a pipeline that GitLab's own schema takes, with %j", (inputs) => {
    expect(ciProblems(check, jobs(inputs))).toEqual([]);
  });

  it("plans, and starts the child pipeline that the plan wrote, where and when the plan runs", () => {
    const { [PLAN]: plan, "model-to-edge-convert-fleet": trigger } = jobs();
    expect(plan?.script).toEqual(["model-to-edge plan", "model-to-edge fleet"]);
    expect(trigger).toEqual({
      stage: plan?.stage,
      rules: plan?.rules,
      needs: [{ job: PLAN }],
      inherit: { default: false },
      allow_failure: false,
      trigger: {
        include: [
          {
            artifact: "model-to-edge-out/child-pipeline.yml",
            job: PLAN,
          },
        ],
        strategy: "depend",
      },
    });
    expect(plan?.artifacts).toMatchObject({
      paths: expect.arrayContaining(["model-to-edge-out/child-pipeline.yml"]),
    });
  });

  it("has every input of convert that says what a run does, with the same choices and default", () => {
    for (const { name } of OF_THE_RUN) {
      const { description: _, ...mine } = fleet.header.spec.inputs[name] ?? {};
      const { description: __, ...its } =
        convert.header.spec.inputs[name] ?? {};
      expect({ name, ...mine }).toEqual({ name, ...its });
    }
  });

  it("hands every setting of the steps, and of the fleet, to the job that plans", () => {
    const { [PLAN]: plan } = jobs();
    const steps = ["plan", "convert", "publish", "report"].flatMap(optionsOf);
    const names = [...steps, ...FLEET_OPTIONS, ...OF_THE_RUN].map(
      ({ name }) => name,
    );
    const here = ["unsigned", "json"];
    const missing = [...new Set(names)].filter(
      (name) =>
        !here.includes(name) &&
        !(optionVariable(name) in (plan?.variables ?? {})),
    );
    expect(missing).toEqual([]);
  });

  it("leaves a variable in the paths of keys and authorities to each job", () => {
    const { [PLAN]: plan } = jobs({ key: "$OUR_KEYS", "ca-file": "$OUR_CA" });
    expect(plan?.variables).toMatchObject({
      MODEL_TO_EDGE_KEY: "$OUR_KEYS",
      MODEL_TO_EDGE_KEY_WRITTEN: { value: "$OUR_KEYS", expand: false },
      MODEL_TO_EDGE_CA_FILE_WRITTEN: { value: "$OUR_CA", expand: false },
    });
  });

  it("hides none of its names from the log: a variable that sounds secret is masked", () => {
    const { [PLAN]: plan } = jobs();
    const named = Object.entries(plan?.variables ?? {}).filter(([, value]) =>
      String(value).includes("model-to-edge-convert-fleet"),
    );
    expect(named.map(([name]) => name)).toEqual([
      "MODEL_TO_EDGE_JOB_NAME",
      "MODEL_TO_EDGE_NOTE_NAME",
    ]);
  });
});
