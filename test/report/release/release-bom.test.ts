import { describe, expect, it } from "vitest";
import { toJson } from "../../../src/document/document.ts";
import { releaseBom } from "../../../src/report/release/release-bom.ts";
import type { ReleaseFacts } from "../../../src/report/release/release-facts.ts";
import { cyclonedxProblems } from "../../support/cyclonedx.ts";
import {
  releaseFacts,
  sampleManifest,
  sampleRelease,
} from "../../support/release-facts-sample.ts";
import { sampleContract } from "../../support/report-model-sample.ts";

interface Bom {
  metadata: {
    component: {
      hashes?: unknown;
      licenses?: unknown;
      pedigree: unknown;
      modelCard: unknown;
      components: { name: string }[];
      properties: { name: string; value: string }[];
    };
  };
  components: Record<string, string>[];
}

const bomOf = (change: Partial<ReleaseFacts> = {}) =>
  JSON.parse(toJson(releaseBom(releaseFacts(change), "1.2.3"))) as Bom;

describe("the bill of materials of a release", () => {
  it("is a machine-learning model of CycloneDX 1.6, by its own schema", () => {
    const bom = bomOf();
    expect(cyclonedxProblems(bom)).toEqual([]);
    expect(cyclonedxProblems({ ...bom, serial: "1" })).not.toEqual([]);

    const { component } = bom.metadata;
    expect(component).toMatchObject({
      ...{
        type: "machine-learning-model",
        "bom-ref": "model:CenterPoint/t4base@1.1.0",
      },
      ...{ group: "CenterPoint", name: "t4base", version: "1.1.0" },
      hashes: [{ alg: "SHA-256", content: "1".repeat(64) }],
      licenses: [{ license: { id: "Apache-2.0" } }],
      modelCard: {
        modelParameters: {
          task: "detection",
          inputs: [{ format: "input: f32[batch, 3, height, 160]" }],
        },
      },
      pedigree: {
        ancestors: [{ type: "file", name: "model/detector/config.py" }],
        commits: [{ uid: "a".repeat(40) }],
      },
    });
    expect(component.components.map(({ name }) => name)).toEqual([
      ...["contract.json", "t4base.onnx"],
    ]);
  });

  it("names verdict, exceptions, sources and parents as properties", () => {
    const { properties } = bomOf({
      exceptions: ["validate.off: behaviour", "validate.off: dynamic"],
    }).metadata.component;

    for (const [name, value] of [
      ["verdict", "pass"],
      ["verdict:exception", "validate.off: behaviour"],
      ["verdict:exception", "validate.off: dynamic"],
      ["source:commit", "c".repeat(64)],
      ["source:git-commit", "a".repeat(40)],
      ["parent:training-run", "run-7"],
      ["digest", "d".repeat(64)],
    ])
      expect(properties).toContainEqual({
        ...{ name: `model-to-edge:${name}`, value },
      });
  });

  it("lists the toolchain once each, and says that it is not a part of the model", () => {
    const { components } = bomOf({
      toolchain: {
        python: "3.11.2",
        packages: { torch: "2.1.0+cpu", "a_b.c": "1", "A-B-C": "1" },
      },
    });

    expect(components.map(({ purl, scope }) => [purl, scope])).toEqual([
      ["pkg:generic/python@3.11.2", "excluded"],
      ["pkg:pypi/a-b-c@1", "excluded"],
      ["pkg:pypi/torch@2.1.0%2Bcpu", "excluded"],
    ]);
    expect(components[2]).toMatchObject({
      name: "torch",
      version: "2.1.0+cpu",
    });
  });

  it("says what nobody knows, and guesses nothing", () => {
    const bom = bomOf({
      ...{ toolchain: null, contract: null, license: null, origin: null },
      exceptions: null,
    });
    expect(cyclonedxProblems(bom)).toEqual([]);
    expect(bom.components).toEqual([]);
    expect(bom.metadata.component).not.toHaveProperty("licenses");
    expect(bom.metadata.component.modelCard).toEqual({});
    expect(bom.metadata.component.properties).toContainEqual({
      ...{ name: "model-to-edge:toolchain", value: "not known" },
    });
    expect(toJson(bom)).not.toMatch(/approach|timestamp|serialNumber/);

    const own = bomOf({ license: "acme-internal" }).metadata.component;
    expect(own.licenses).toEqual([{ license: { name: "acme-internal" } }]);
  });

  it("is valid whatever the names are", () => {
    const word = '"\\\n---\u0000\u202e\ud800 <b>|`日本';
    const bom = bomOf({
      manifest: sampleManifest({
        inputs: [{ path: word, size: 1, token: "", sha256: "0".repeat(64) }],
        verdict: {
          ...{ outcome: "warn", reason: "equal" },
          answer: [{ text: word }, { code: word }],
          because: [{ name: word }],
        },
      }),
      release: sampleRelease({
        files: [{ name: word, size: 1, sha256: "0".repeat(64) }],
        source: { store: word, branch: word, commit: word, model: word },
      }),
      contract: sampleContract({
        ...{ task: word, min_ort: word },
        inputs: [{ name: word, dtype: word, shape: [word] }],
      }),
      toolchain: { python: word, packages: { [word]: word } },
      ...{ exceptions: [word], license: null },
    });

    expect(cyclonedxProblems(bom)).toEqual([]);
    expect(bom.metadata.component.components[0]?.name).toContain("日本");
  });
});
