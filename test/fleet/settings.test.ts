import { describe, expect, it } from "vitest";
import {
  engineImageOf,
  readBatch,
  readFleetSettings,
} from "../../src/config/fleet-options.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { childVariables } from "../../src/fleet/child-variables.ts";
import { runnersOf } from "../../src/fleet/runners.ts";

const variables = (values: Record<string, string>) => readEnvironment(values);
const NONE = variables({});
const IMAGES = {
  MODEL_TO_EDGE_IMAGE_GPU_FALSE_TOY: "registry/toy:1",
  MODEL_TO_EDGE_IMAGE_GPU_TRUE_TOY: "registry/toy-cuda:1",
};
const SETTINGS = {
  image: "registry/runner:1",
  engineImages: "",
  childTags: "docker, linux",
  engineTags: "toy = gpu,large; other=cpu",
};

describe("where the jobs of a fleet run", () => {
  it("follows the engine: its own tags and image, else those of all", () => {
    const runners = runnersOf(
      { ...SETTINGS, engineImages: "own=registry/own@sha256:1" },
      variables(IMAGES),
    );
    expect(runners.small).toEqual({
      image: "registry/runner:1",
      tags: ["docker", "linux"],
    });
    expect(runners.engine("toy")).toEqual({
      image: "registry/toy:1",
      tags: ["gpu", "large"],
    });
    expect(runners.engine("own")).toEqual({
      image: "registry/own@sha256:1",
      tags: ["docker", "linux"],
    });
  });

  it("is the image with CUDA with gpu, and whatever engine-images says before both", () => {
    const gpu = variables({ ...IMAGES, MODEL_TO_EDGE_GPU: "true" });
    expect(engineImageOf(gpu, "toy")).toBe("registry/toy-cuda:1");
    expect(engineImageOf(gpu, "toy", "toy=mine:2")).toBe("mine:2");
    expect(engineImageOf(NONE, "toy")).toBeNull();
  });

  it("is an error where an engine has no image, with what to set", () => {
    const { engine } = runnersOf(SETTINGS, NONE);
    expect(() => engine("toy")).toThrow(
      expect.objectContaining({
        message: "no image is named for the engine toy",
        hint: expect.stringContaining("engine-images"),
        exitCode: 2,
      }),
    );
  });

  it.each(["toy", "toy=", "=x", "toy=a; toy=b", "to y=a", "toy=a;b"])(
    "is an error where a list is not by engine: %s",
    (engineTags) => {
      expect(() => runnersOf({ ...SETTINGS, engineTags }, NONE)).toThrow(
        /--engine-tags must be a list of the form ENGINE=VALUE/,
      );
    },
  );
});

describe("settings of a fleet", () => {
  const read = (flags: Record<string, string>) =>
    readFleetSettings({ image: "runner:1", ...flags }, NONE);

  it("have defaults", () => {
    expect(read({})).toMatchObject({
      ...{ maxJobs: 20, retry: 1, interruptible: true, timeout: "1h" },
      ...{ out: "model-to-edge-out", expireIn: "30 days" },
    });
  });

  it.each([
    ["max-jobs", "0"],
    ["max-jobs", "many"],
    ["max-jobs", "1.5"],
    ["retry", "3"],
    ["timeout", "an hour"],
    ["interruptible", "yes"],
    ["image", "two words"],
  ])("say what %s must be, not %s", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(
      new RegExp(`^--${name} must be .*, not "${value}"$`),
    );
  });

  it("know a batch by its number", () => {
    expect(readBatch({}, NONE)).toBeNull();
    expect(readBatch({}, variables({ MODEL_TO_EDGE_BATCH: "0" }))).toBe(0);
    expect(readBatch({ batch: "12" }, NONE)).toBe(12);
    for (const batch of ["-1", "x", "1.5", "9999999"])
      expect(() => readBatch({ batch }, NONE)).toThrow(/--batch must be/);
  });
});

describe("variables of a child pipeline", () => {
  it("are the settings as the first job has them; a dollar in one is no variable again", () => {
    const environment = variables({
      MODEL_TO_EDGE_STORE: "lakefs://vision",
      MODEL_TO_EDGE_STORE_WEB_URL: "https://a/$CI_JOB_TOKEN",
      MODEL_TO_EDGE_DOCS_URL: "https://docs",
      MODEL_TO_EDGE_NOTE: "",
      MODEL_TO_EDGE_MODELS: "of the plan alone",
    });
    expect(
      childVariables(["store", "store-web-url", "note"], environment),
    ).toEqual({
      MODEL_TO_EDGE_STORE: "lakefs://vision",
      MODEL_TO_EDGE_STORE_WEB_URL: {
        ...{ value: "https://a/$CI_JOB_TOKEN", expand: false },
      },
      MODEL_TO_EDGE_DOCS_URL: "https://docs",
    });
  });

  it("are as they are written where a file variable has another path in each job", () => {
    const environment = variables({
      MODEL_TO_EDGE_KEY: "/builds/a.tmp/OUR_KEYS",
      MODEL_TO_EDGE_KEY_WRITTEN: "$OUR_KEYS",
      MODEL_TO_EDGE_CA_FILE: "/builds/a.tmp/COMPANY_CA",
      MODEL_TO_EDGE_CA_FILE_WRITTEN: "$COMPANY_CA",
    });
    expect(childVariables(["key"], environment)).toEqual({
      MODEL_TO_EDGE_KEY: "$OUR_KEYS",
      MODEL_TO_EDGE_CA_FILE: "$COMPANY_CA",
    });
  });
});
