import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { contentDigest } from "../../src/registry/layout.ts";
import type { Release } from "../../src/registry/release.ts";
import type { LocalFile } from "../../src/registry/target.ts";

export interface Sample {
  release: Release;
  files: LocalFile[];
}

/** A release of two files, whose bytes depend on `content`. */
export function releaseSample(
  folder: string,
  content: string,
  release = "1.0.0",
): Sample {
  const texts = {
    "detector.onnx": `graph of ${content}`,
    "config.py": "model = 1\n",
    [`part-of-${content}.bin`]: content,
    "manifest.json": `{"about": "${content}"}`,
  };
  const files = Object.entries(texts).map(([name, text]) => {
    const file = join(folder, content, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    return { name, file, size: Buffer.byteLength(text), sha256 };
  });
  const listed = files.map(({ name, size, sha256 }) => ({
    ...{ name, size, sha256 },
  }));

  return {
    files,
    release: {
      ...{ kind: "release", version: 1 },
      ...{ algorithm: "CenterPoint", name: "t4base", release },
      digest: contentDigest(listed),
      source: {
        ...{ store: "lakefs://vision", branch: "main", commit: "c1" },
        model: "detector",
      },
      outcome: "pass",
      since: null,
      facts: { contract: null, ports: {}, graph: content, bytes: [content] },
      files: listed,
    },
  };
}

/** The same with a card, which says of which bytes it is. */
export function withCard(
  folder: string,
  { release, files }: Sample,
  words: string,
): Sample {
  const text = `${words} about ${release.digest}`;
  const file = join(folder, `${words}.md`);
  writeFileSync(file, text);
  const sha256 = createHash("sha256").update(text).digest("hex");
  const listed = { name: "README.md", size: Buffer.byteLength(text), sha256 };

  return {
    release: { ...release, files: [...release.files, listed] },
    files: [...files, { ...listed, file }],
  };
}
