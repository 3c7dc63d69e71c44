import { describe, expect, it } from "vitest";
import { parseConversionYaml } from "../../src/config/conversion-yaml.ts";
import { loosenedBy, settingsOf } from "../../src/config/model-settings.ts";

const parse = (text: string) =>
  parseConversionYaml(text, "conversion.yaml", ["mmdeploy", "torch"]);
const config = async (text: string) => {
  const parsed = await parse(text);
  if (!("config" in parsed)) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
};

describe("a conversion.yaml in a model's own folder", () => {
  const own = (text: string) =>
    parseConversionYaml(
      text,
      "model/a/conversion.yaml",
      ["torch"],
      "one-model",
    );

  it("may say at the top what is about the model", async () => {
    const text =
      "version: 1\ntorch: {opset: 17}\nsamples: a/*.png\ndefaults:\n  classes: c.txt\n";

    expect(await own(text)).toEqual({
      config: {
        version: 1,
        defaults: {
          torch: { opset: 17 },
          samples: "a/*.png",
          classes: "c.txt",
        },
      },
    });
  });

  it("still says what is wrong, and where it stands in the text", async () => {
    expect(await own("version: 1\ntorhc: {}\n")).toMatchObject({
      problems: [
        { line: 2, column: 1, message: expect.stringContaining('"torch"') },
      ],
    });
    expect(await own("version: 1\nsamples: 3\n")).toMatchObject({
      problems: [{ line: 2, column: 10 }],
    });
  });
});

describe("conversion.yaml", () => {
  it.each([
    [
      "version: 1\nmodel:\n  x: {}\n",
      2,
      1,
      'unknown key "model": did you mean "models"?',
    ],
    [
      "version: 1\nmmdeploy: {}\n",
      2,
      1,
      '"mmdeploy" is a setting of a model: put it under `defaults:`, or under `models:` and the model\'s name',
    ],
    [
      "version: 1\ndefaults:\n  engin: mmdeploy\n",
      3,
      3,
      'unknown key "engin": did you mean "engine"?',
    ],
    [
      "version: 1\ndefaults:\n  mmdeplyo: {}\n",
      3,
      3,
      'unknown key "mmdeplyo": did you mean "mmdeploy"?',
    ],
    [
      "version: 1\ndefaults:\n  engine: mmdeplo\n",
      3,
      11,
      'unknown engine "mmdeplo": did you mean "mmdeploy"?',
    ],
    [
      "version: 1\nmodels:\n  a:\n    validate:\n      tolerances: {}\n",
      5,
      7,
      'unknown key "tolerances": did you mean "tolerance"?',
    ],
    [
      "version: 1\ndefaults:\n  validate:\n    performance: {p95: 20}\n",
      4,
      19,
      'unknown key "p95": known: p95_ms, load_ms, memory_mb',
    ],
    [
      "version: 1\ndefaults:\n  validate:\n    performance: {slower_than_published: 0.5}\n",
      4,
      42,
      "defaults.validate.performance.slower_than_published must be >= 1",
    ],
    [
      "version: 1\nmodels:\n  a:\n    samples: 3\n",
      4,
      14,
      "models.a.samples must be string",
    ],
    [
      "version: 1\nmodels:\n  a:\n  engine: mmdeploy\n",
      4,
      3,
      `"engine" stands where a model's name belongs: indent it below the name`,
    ],
    [
      "version: 1\nmodels:\n  a: {release: {licence: MIT}}\n",
      3,
      17,
      'unknown key "licence": did you mean "license"?',
    ],
    [
      "version: 1\nmodels:\n  a: {allow: []}\n",
      3,
      14,
      "models.a.allow must be a map of keys",
    ],
    ["version: 2\n", 1, 10, "version must be 1"],
    [
      "version: '1'\n",
      1,
      10,
      'version must be 1, not the text "1": leave out the quotes',
    ],
    [
      "version: 1\ndefaults: {code: ../x}\n",
      2,
      18,
      "must be a folder inside of the Git repository",
    ],
    ["- version: 1\n", 1, 1, "the file must be a map of keys"],
    [
      "version: 1\nmodels: [\n",
      3,
      1,
      "Flow sequence in block collection must be sufficiently indented",
    ],
    ["version: 1\nversion: 1\n", 2, 1, "Map keys must be unique"],
    ["", 1, 1, "the file must be a map of keys"],
  ])(
    "says line, column and the nearest name for %j",
    async (text, line, column, message) => {
      const parsed = await parse(text);
      if ("config" in parsed) throw new Error("was accepted");
      expect(parsed.problems[0]).toMatchObject({
        file: "conversion.yaml",
        line,
        column,
      });
      expect(parsed.problems[0]?.message).toContain(message);
    },
  );

  it("may have nothing under a key, as where all of it is a comment", async () => {
    const text = "version: 1\ndefaults:\nmodels:\n  # det: {}\n";
    expect(loosenedBy(await config(text))).toEqual([]);
    expect(
      settingsOf("det", [{ file: "f", config: await config(text) }]),
    ).toMatchObject({ engine: null });
  });

  it("reports all problems at once", async () => {
    const parsed = await parse(
      "version: 1\ndefaults:\n  engine: x\nmodels:\n  a:\n    foo: {}\n",
    );
    expect("problems" in parsed && parsed.problems.length).toBe(2);
  });

  it("lets a model win over the defaults and a later layer over an earlier one", async () => {
    const store = await config(
      "version: 1\ndefaults:\n  samples: a/*\n  mmdeploy: {opset: 11, dynamic: true}\n",
    );
    const git = await config(
      "version: 1\nmodels:\n  det:\n    samples: b/*\n    mmdeploy: {opset: 13}\n",
    );
    const layers = [
      { file: "store", config: store },
      { file: "git", config: git },
    ];
    expect(settingsOf("det", layers)).toMatchObject({
      samples: "b/*",
      options: { mmdeploy: { opset: 13, dynamic: true } },
    });
    expect(settingsOf("other", layers)).toMatchObject({ samples: "a/*" });
  });

  it("names what is loosened, so that the note can say so", async () => {
    const loose = await config(
      "version: 1\nmodels:\n  det:\n    allow: {missing: [a.b]}\n    validate:\n      tolerance: {sqnr_db: 60}\n      off: [shapes]\n",
    );
    expect(loosenedBy(loose)).toEqual([
      "allow.missing",
      "validate.tolerance.sqnr_db",
      "validate.off",
    ]);
    const settings = settingsOf("det", [
      { file: "conversion.yaml", config: loose },
    ]);
    expect(settings.policy.loosened).toHaveLength(3);
    // A pattern may stand for many tensors: only the engine can count them.
    expect(settings.policy.loosened[0]).toMatch(
      /^missing tensors allowed if they match a\.b \(/,
    );
    expect(settings.policy).toMatchObject({
      off: ["shapes"],
      tolerance: { sqnr_db: 60, absolute: null },
    });
  });

  it("takes budgets from all layers, and none of them loosens", async () => {
    const budgets = await config(
      "version: 1\ndefaults:\n  validate:\n    performance: {p95_ms: 20, size_mb: 5}\nmodels:\n  det:\n    validate:\n      performance: {p95_ms: 80}\n",
    );
    expect(loosenedBy(budgets)).toEqual([]);
    const { policy } = settingsOf("det", [
      { file: "conversion.yaml", config: budgets },
    ]);
    expect(policy.performance).toMatchObject({
      p95_ms: 80,
      size_mb: 5,
      load_ms: null,
    });
    expect(policy.loosened).toEqual([]);
  });
});
