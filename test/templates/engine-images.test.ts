import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Engines with an image, by listing. */
const ENGINES = readdirSync(join(ROOT, "components")).filter((name) =>
  ["engine.json", "Dockerfile"].every((file) =>
    existsSync(join(ROOT, "components", name, file)),
  ),
);
const BUILT = read("scripts/build-images.sh");
const [, job] = parseAllDocuments(read("templates/convert.yml")).map(
  (document) => Object.values(document.toJS())[0] as object,
);
const { variables } = job as { variables: Record<string, string> };

const rows = ["", ...ENGINES].flatMap((engine) =>
  [true, false].map((gpu) => ({ engine, gpu })),
);

it.each(rows)(
  "the default image of engine '$engine' with gpu $gpu is one that is built for it",
  ({ engine, gpu }) => {
    const image = variables[`MODEL_TO_EDGE_IMAGE_GPU_${gpu}_${engine}`] ?? "";
    const [, name = ""] = /\/([a-z-]+):\S+$/.exec(image) ?? [];
    expect(BUILT).toMatch(new RegExp(`\\b${name}\\b`));
    expect(name).not.toBe("");
    if (engine !== "") expect(name.replace(/-cuda$/, "")).toBe(engine);
  },
);

it("a fleet takes for each engine the image that convert takes", () => {
  const [, plan] = parseAllDocuments(read("templates/convert-fleet.yml")).map(
    (document) => Object.values(document.toJS())[0] as object,
  );
  const fleet = (plan as { variables: Record<string, string> }).variables;
  for (const engine of ENGINES)
    for (const gpu of [true, false])
      expect(
        fleet[`MODEL_TO_EDGE_IMAGE_GPU_${gpu}_${engine}`.toUpperCase()],
      ).toBe(variables[`MODEL_TO_EDGE_IMAGE_GPU_${gpu}_${engine}`]);
});

it("has an engine whose image is not that of another one", () => {
  expect(ENGINES.length).toBeGreaterThan(1);
});
