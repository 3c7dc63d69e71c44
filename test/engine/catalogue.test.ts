import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findEngine, listEngines } from "../../src/engine/catalogue.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { temporaryFolder } from "../child/children.ts";
import { ROOT, testContext, toyEngine } from "./toy.ts";

const DESCRIPTION = {
  protocol: 1,
  name: "other",
  title: "Other",
  entry: "convert.py",
  accepts: [{ role: "checkpoint", glob: "*.bin", count: "one" }],
  options: "options.schema.json",
  packages: [],
};

/** A package's folder with `components/<folder>/engine.json`. */
function packageWith(engines: Record<string, unknown>): string {
  const root = temporaryFolder();
  mkdirSync(join(root, "components"));
  for (const [folder, description] of Object.entries(engines)) {
    mkdirSync(join(root, "components", folder));
    const text =
      typeof description === "string"
        ? description
        : JSON.stringify(description);
    writeFileSync(join(root, "components", folder, "engine.json"), text);
  }
  return root;
}

describe("the catalogue", () => {
  it("lists the engines of the package and those of MODEL_TO_EDGE_ENGINES, sorted", async () => {
    const names = (await listEngines(testContext())).map(({ name }) => name);
    expect(names).toEqual([
      "mmdeploy",
      "sklearn",
      "tensorflow",
      "torch",
      "toy",
    ]);
    expect(
      await listEngines({ ...testContext(), environment: readEnvironment({}) }),
    ).toEqual([
      expect.objectContaining({ name: "mmdeploy" }),
      expect.objectContaining({ name: "sklearn" }),
      expect.objectContaining({ name: "tensorflow" }),
      expect.objectContaining({ name: "torch" }),
    ]);
  });

  it("knows where an engine lies, and leaves out what is shared, a template, or no engine", async () => {
    const root = packageWith({
      other: DESCRIPTION,
      _template: DESCRIPTION,
      ".hidden": DESCRIPTION,
    });
    mkdirSync(join(root, "components/runner"));
    expect(
      await listEngines({ cwd: ROOT, root, environment: readEnvironment({}) }),
    ).toEqual([{ ...DESCRIPTION, folder: join(root, "components/other") }]);
  });

  it.each([
    [
      "not JSON",
      "{",
      /components\/other\/engine.json does not describe an engine: it is not JSON/,
    ],
    [
      "without a title",
      { ...DESCRIPTION, title: undefined },
      /must have required property 'title'/,
    ],
    [
      "with an entry outside its folder",
      { ...DESCRIPTION, entry: "../x.py" },
      /\/entry must match/,
    ],
  ])("refuses an engine.json that is %s", async (_, description, message) => {
    const root = packageWith({ other: description });
    await expect(
      listEngines({ cwd: ROOT, root, environment: readEnvironment({}) }),
    ).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  it("refuses two engines of one name, and a named folder without an engine", async () => {
    const twice = packageWith({ a: DESCRIPTION, b: DESCRIPTION });
    await expect(
      listEngines({ cwd: ROOT, root: twice, environment: readEnvironment({}) }),
    ).rejects.toThrow("two engines are named other");
    const env = { MODEL_TO_EDGE_ENGINES: "/nowhere" };
    await expect(
      listEngines({
        cwd: ROOT,
        root: packageWith({}),
        environment: readEnvironment(env),
      }),
    ).rejects.toThrow("/nowhere has no engine.json");
  });

  it("takes a named folder from where the command line was started", async () => {
    const environment = readEnvironment({
      MODEL_TO_EDGE_ENGINES: "./test/fixtures/engines/toy",
    });
    const engines = await listEngines({
      cwd: ROOT,
      root: packageWith({}),
      environment,
    });
    expect(engines.map(({ folder }) => folder)).toEqual([
      join(ROOT, "test/fixtures/engines/toy"),
    ]);
  });

  it.each([
    ["mmdeplyo", 'did you mean "mmdeploy"?'],
    ["openvino", "use one of mmdeploy, sklearn, tensorflow, torch, toy"],
  ])("answers the unknown name %s with %s", async (name, hint) => {
    const engines = await listEngines(testContext());
    expect(() => findEngine(engines, name)).toThrow(
      expect.objectContaining({ exitCode: 2, hint }),
    );
    expect((await toyEngine()).title).toBe("Toy engine: y = w * x + b");
  });
});
