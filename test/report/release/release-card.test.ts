import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../../scripts/parts/gitlab-markdown.mjs";
import { renderReleaseCard } from "../../../src/report/release/release-card.ts";
import type { ReleaseFacts } from "../../../src/report/release/release-facts.ts";
import {
  releaseFacts,
  sampleManifest,
  sampleRelease,
} from "../../support/release-facts-sample.ts";
import { sampleContract } from "../../support/report-model-sample.ts";
import { textOutsideCode } from "../text-outside-code.ts";

/** As Hugging Face's own library splits a card (huggingface_hub, repocard.py). */
const SPLIT = /^(\s*---[\r\n]+)([\S\s]*?)([\r\n]+---(\r\n|\n|$))/;

function splitCard(facts: ReleaseFacts) {
  const card = renderReleaseCard(facts);
  const [head = "", , yaml = ""] = SPLIT.exec(card) ?? [];

  return { yaml, data: parse(yaml), body: card.slice(head.length) };
}

describe("the card of a release", () => {
  it("has the front matter of Hugging Face's specification, and no other field", () => {
    expect(splitCard(releaseFacts()).data).toEqual({
      license: "apache-2.0",
      library_name: "onnx",
      pipeline_tag: "object-detection",
      tags: ["onnx", "edge", "mmdeploy", "CenterPoint"],
      model_name: "t4base",
    });
  });

  it.each([
    ["Apache-2.0", [], { license: "apache-2.0" }],
    ["acme-1.0", [], { license: "other", license_name: "acme-1.0" }],
    [
      "acme-1.0",
      ["LICENSE"],
      { license: "other", license_name: "acme-1.0", license_link: "LICENSE" },
    ],
    [null, ["LICENSE"], {}],
  ])("states the licence %s beside %j as %j", (license, names, expected) => {
    const files = names.map((name) => ({ name, size: 1, sha256: "0" }));
    const release = sampleRelease({ files });
    const { data, body } = splitCard(releaseFacts({ license, release }));
    const stated = Object.fromEntries(
      Object.entries(data).filter(([key]) => key.startsWith("license")),
    );

    expect(stated).toEqual(expected);
    expect(body.includes("Not stated.")).toBe(license === null);
  });

  it("names no task that Hugging Face does not have", () => {
    for (const task of [null, "depth", "toString", "constructor"]) {
      const contract = sampleContract({ task });
      expect(splitCard(releaseFacts({ contract })).data).not.toHaveProperty(
        "pipeline_tag",
      );
    }
  });

  it("quotes what an older reader of YAML would take for something else", () => {
    const release = sampleRelease({ algorithm: "no", name: "1_0" });
    const { yaml } = splitCard(releaseFacts({ release }));

    expect(yaml).toContain('- "no"');
    expect(yaml).toContain('model_name: "1_0"');
  });

  it("says the verdict, the exceptions, the contract and where it comes from", () => {
    const { body } = splitCard(releaseFacts());
    const text = body.replaceAll("`", "");

    for (const words of [
      "**It may ship.** On ONNX Runtime (CPU) it matches its source model.",
      "Exceptions: none.",
      "| input | f32 | [batch, 3, height, 160] | layout NCHW; height 128 to 192, usually 160; width 160 |",
      "| labels | i64 | [batch, 100] | a label minus 1 is the index of its class |",
      "3 classes, by index: 0 car, 1 person, 2 sign.",
      "1. resize: keep_ratio, to: [160,160], interp: cv2.linear",
      "Built into the graph: nms_iou 0.5, score_thr 0.05.",
      `| Commit of the store | ${"c".repeat(64)} |`,
      `| Git commit | ${"a".repeat(40)} |`,
      "| Parent, training run | run-7 |",
      `| Digest of the content | ${"d".repeat(64)} |`,
      "model-to-edge fetch lakefs://vision/c1/detector detector",
      "weights since 1.0.0:",
      "| t4base.onnx | 23 MB |",
      "apache-2.0.",
    ])
      expect(text).toContain(words);
  });

  it("says what is missing: a contract, the exceptions", () => {
    const facts = releaseFacts({ contract: null, exceptions: null });
    const { body } = splitCard(facts);

    expect(body).toContain("no `contract.json`");
    expect(body).toContain("`verdict.json` does not say them");
    const loosened = releaseFacts({ exceptions: ["validate.off: parity"] });
    expect(splitCard(loosened).body).toContain("Exceptions (1)");
  });

  it("of a model that was not compared it does not say that it is equal", () => {
    const verdict = {
      ...{ outcome: "pass" as const, reason: "not-compared" as const },
      ...{ answer: [], because: [] },
    };
    const manifest = sampleManifest({ verdict });

    expect(splitCard(releaseFacts({ manifest })).body).toContain(
      "may ship, not compared with its source model",
    );
  });

  it("cuts long lists, and says where the rest is", () => {
    const classes = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    const contract = sampleContract({ classes });
    const { body } = splitCard(releaseFacts({ contract }));

    expect(body).toContain("199 `c199`, and 800 more in `contract.json`");
    expect(body).not.toContain("c200");
  });
});

const BITS = [
  ...[
    "---",
    "\n---\n",
    "|",
    "`",
    "``",
    "\n\n",
    "\u202e",
    "\u0000",
    "日本",
    "'",
  ],
  ...['"', ": ", "# ", "<script>", "</details>", "<!--", "[x](y)", "@all"],
  ...["![x](https://x.test/p.png)", "https://x.test", "*a*", "a", " "],
];
const words = fc
  .array(fc.constantFrom(...BITS), { maxLength: 6 })
  .map((bits) => bits.join(""));

it("names and words of others change nothing of a card but themselves", () => {
  const plain = shape(hostile("x"));

  fc.assert(
    fc.property(words, (word) => {
      const facts = hostile(word || "x");
      const html = renderMarkdown(splitCard(facts).body);

      expect(splitCard(facts).data).toEqual(splitCard(hostile("x")).data);
      expect(shape(facts)).toEqual(plain);
      expect(html).not.toMatch(/<(script|img|a)\b/);
      expect(textOutsideCode(html)).not.toMatch(/@all/);
      expect(renderReleaseCard(facts)).toBe(renderReleaseCard(facts));
    }),
    { numRuns: 300 },
  );
});

/** The tags that make the page: of blocks, tables and lists. */
function shape(facts: ReleaseFacts): string[] {
  const html = renderMarkdown(splitCard(facts).body);
  return html.match(/<\/?(h\d|table|tr|td|th|ol|ul|li|pre|hr)\b/g) ?? [];
}

/** A card that is full of foreign words. */
function hostile(word: string): ReleaseFacts {
  return releaseFacts({
    manifest: sampleManifest({
      inputs: [{ path: word, size: 1, token: "", sha256: "0" }],
      verdict: {
        ...{ outcome: "warn", reason: "equal" },
        answer: [{ text: `it matches ${word}` }, { code: word }],
        because: [{ name: word }, { text: ` ${word}` }],
      },
    }),
    release: sampleRelease({
      source: { store: word, branch: word, commit: word, model: word },
      since: { release: word, level: "weights", changes: [`was ${word}`] },
      files: [{ name: word, size: 1, sha256: "0" }],
    }),
    contract: sampleContract({
      classes: [word, word],
      inputs: [{ name: word, dtype: word, shape: [word, 3], layout: word }],
      outputs: [{ name: word, dtype: word, shape: [word], format: word }],
      preprocess: [{ opaque: word, [word]: word }],
      min_ort: word,
      domains: ["", word],
    }),
    exceptions: [word],
    origin: { git: { project: word, ref: word, commit: word } },
    commands: { fetch: `model-to-edge ${word}`, verify: word },
  });
}
