import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ToyStore, toyStore } from "../../support/toy-store.ts";

const MANIFEST = "edge/det/manifest.json";
const PARAMETERS = "det/det.param.yaml";
const at = (name: string) => `\${${name}}`;
const status = (store: ToyStore) => store.summary().models[0]?.status;

function wants(store: ToyStore, template: string | null, text?: string): void {
  const file = (name: string) => join(store.cwd, name);
  const parameters = template === null ? {} : { parameters: { template } };
  writeFileSync(
    file("conversion.yaml"),
    JSON.stringify({ version: 1, models: { det: parameters } }),
  );
  if (text !== undefined) writeFileSync(file("own.param.yaml"), text);
}

const storeWith = (...classes: string[]) => toyStore({ det: { classes } });

describe("the parameters of a model", () => {
  it("lie beside it and in its manifest, and a change of them converts nothing", async () => {
    const store = storeWith("car", 'it\'s: "a"');
    wants(store, null);
    expect((await store.run()).code).toBe(0);
    const before = store.edge();
    expect(before[PARAMETERS]).toBeUndefined();

    wants(store, "plain");
    expect((await store.run()).code).toBe(0);
    expect(status(store)).toBe("rechecked");
    const listed = Object.fromEntries(
      store.manifest(MANIFEST).files.map(({ path, sha256 }) => [path, sha256]),
    );
    for (const name of [PARAMETERS, "det/label.txt"])
      expect([name, listed[`edge/${name}`]]).toEqual([
        name,
        store.edge()[name] ?? "missing",
      ]);
    expect(store.read("edge/det/label.txt")).toBe('car\nit\'s: "a"\n');
    expect(store.read(`edge/${PARAMETERS}`)).toContain(
      '    model_name: "det"\n    task: "regression"\n    class_names:\n      - "car"\n      - "it\'s: \\"a\\""\n',
    );
    expect(store.edge()["det/end2end.onnx"]).toBe(before["det/end2end.onnx"]);
    await store.run();
    expect(status(store)).toBe("unchanged");

    wants(store, "./own.param.yaml", `file: ${at("model.file")}\n`);
    await store.run();
    expect([status(store), store.read(`edge/${PARAMETERS}`)]).toEqual([
      ...["rechecked", 'file: "end2end.onnx"\n'],
    ]);
    // Another file beside it makes it no other model that would be measured.
    expect(store.summary().models[0]?.performance).not.toMatch(/published/);
    wants(store, "./own.param.yaml", `file: m/${at("model.file")}\n`);
    await store.run();
    expect([status(store), store.read(`edge/${PARAMETERS}`)]).toEqual([
      ...["rechecked", 'file: "m/end2end.onnx"\n'],
    ]);

    wants(store, null);
    await store.run();
    expect(Object.keys(store.edge())).toEqual(Object.keys(before));
  });

  it.each<[string, string, string, RegExp]>([
    [
      "an unknown template",
      "autoware-yolo",
      "",
      /conversion\.yaml:1:\d+ unknown template "autoware-yolo": did you mean "autoware-yolox"\?/,
    ],
    [
      "a template that is not there",
      "./no.param.yaml",
      "",
      /no\.param\.yaml cannot be read \(ENOENT\)/,
    ],
    ["a folder", "./folder", "", /folder is not a file/],
    [
      "a template outside of the repository",
      "./../outside.yaml",
      "",
      /leaves the folder of conversion\.yaml/,
    ],
    [
      "a link that leaves it",
      "./link.yaml",
      "",
      /leaves the folder of conversion\.yaml/,
    ],
    [
      "a template over 1 MB",
      "./own.param.yaml",
      `a: ${"x".repeat(1 << 20)}`,
      /larger than 1 MiB/,
    ],
    [
      "a tag",
      "./own.param.yaml",
      "a: 1\nb: !!js/function x\n",
      /own\.param\.yaml:2:\d+ a template has no tags/,
    ],
    [
      "a tag of binary",
      "./own.param.yaml",
      "a: !!binary aGk=\n",
      /has no tags/,
    ],
    [
      "an alias",
      "./own.param.yaml",
      "a: &x 1\nb: *x\n",
      /has no (anchors|aliases)/,
    ],
    ["an alias bomb", "./own.param.yaml", bomb(), /alias/],
    [
      "deep nesting",
      "./own.param.yaml",
      `a: ${"[".repeat(500)}`,
      /nested too deeply/,
    ],
    ["no map", "./own.param.yaml", "just text\n", /holds no names with values/],
    ["a name twice", "./own.param.yaml", "a: 1\na: 2\n", /unique/],
    [
      "two documents",
      "./own.param.yaml",
      "a: 1\n---\na: 2\n",
      /a second document begins here/,
    ],
  ])(
    "end the run before anything is converted for %s",
    async (_, name, text, says) => {
      const store = storeWith("car");
      mkdirSync(join(store.cwd, "folder"));
      writeFileSync(join(store.root, "outside.yaml"), "a: 1\n");
      symlinkSync(
        join(store.root, "outside.yaml"),
        join(store.cwd, "link.yaml"),
      );
      wants(store, name, text);
      const run = await store.run();
      expect([run.code, run.stderr + run.stdout]).toEqual([
        2,
        expect.stringMatching(says),
      ]);
      expect(store.exists("edge")).toBe(false);
    },
  );

  it("cost a model with a name that nobody knows, or a class that is no line, itself alone", async () => {
    for (const [template, classes, says] of [
      [
        `a: ${at("contract.clases")}\n`,
        ["car"],
        /did you mean "contract\.classes"\?/,
      ],
      [
        "a: 1\n",
        ["car", "b\nus"],
        /class 1, .* cannot be a line of label\.txt/,
      ],
    ] as [string, string[], RegExp][]) {
      const store = toyStore({ det: { classes }, other: {} });
      wants(store, "./own.param.yaml", template);
      const run = await store.run(["--publish", "passed"]);
      expect([run.code, run.stdout]).toEqual([2, expect.stringMatching(says)]);
      expect(store.exists(MANIFEST)).toBe(false);
      expect(store.exists("edge/other/manifest.json")).toBe(true);
    }
  });

  it("are a template of this package, or nothing, where the store's conversion.yaml asks for them", async () => {
    const store = storeWith("car");
    const says = (template: string) =>
      store.write(
        "model/det/conversion.yaml",
        JSON.stringify({ version: 1, parameters: { template } }),
      );
    says("./own.param.yaml");
    const run = await store.run();
    expect([run.code, run.stdout]).toEqual([
      2,
      expect.stringMatching(
        /names a template of parameters, \.\/own\.param\.yaml/,
      ),
    ]);
    says("autoware-yolox");
    expect((await store.run()).code).toBe(0);
    expect(store.read(`edge/${PARAMETERS}`)).toContain(
      "score_threshold: 0.35\n",
    );
  });
});

function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? "x" : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(inner).join(", ")}]`;
  });
  return `${levels.join("\n")}\n`;
}
