import { stringify } from "yaml";
import { HUB_LICENSES } from "./hub-licenses.ts";
import type { ReleaseFacts } from "./release-facts.ts";

/** What the contract calls a task, and Hugging Face's own word for it. Any other task has none. */
const PIPELINE_TAGS: Readonly<Record<string, string>> = {
  classification: "image-classification",
  detection: "object-detection",
  segmentation: "image-segmentation",
  "tabular-classification": "tabular-classification",
  "tabular-regression": "tabular-regression",
};

const LICENSE_FILE = /^LICEN[CS]E(\.md|\.txt)?$/;

/**
 * The YAML on top of a card, between its two lines of dashes, with the fields of Hugging Face's specification (hub-docs,
 * modelcard.md). What nobody stated is left out.
 */
export function frontMatter(facts: ReleaseFacts): string {
  const { release, manifest, contract } = facts;
  const tag = pipelineTag(contract?.task ?? null);
  const data = {
    ...licenseFields(facts),
    library_name: "onnx",
    ...(tag === null ? {} : { pipeline_tag: tag }),
    tags: [
      ...new Set(["onnx", "edge", manifest.engine, release.algorithm]),
    ].filter((each) => each !== ""),
    model_name: release.name,
  };

  // Readers of YAML 1.1 take `no` for false, and `1_0` for a number: it quotes them.
  return `---\n${stringify(data, { version: "1.1" })}---\n`;
}

/** Hugging Face's word for a task of a contract; null where it has none. */
export function pipelineTag(task: string | null): string | null {
  return (
    (task !== null && Object.hasOwn(PIPELINE_TAGS, task)
      ? PIPELINE_TAGS[task]
      : null) ?? null
  );
}

function licenseFields({
  license,
  release,
}: Pick<ReleaseFacts, "license" | "release">): Record<string, string> {
  if (license === null) return {};

  const id = license.toLowerCase();
  if (HUB_LICENSES.has(id)) return { license: id };

  const file = release.files.find(({ name }) => LICENSE_FILE.test(name));
  return {
    ...{ license: "other", license_name: license },
    ...(file ? { license_link: file.name } : {}),
  };
}
