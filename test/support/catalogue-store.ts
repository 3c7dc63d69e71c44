import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { renderModelPage } from "../../src/report/model-page.ts";
import { sampleManifest } from "./release-facts-sample.ts";
import { reportModel, sampleContract } from "./report-model-sample.ts";
import { sampleConversion } from "./report-samples.ts";
import { samplePng } from "./sample-png.ts";
import { sampleVerdict } from "./verdict-samples.ts";

const KINDS = ["camera-front", "lidar", "traffic-light", "buyers"];
const TASKS = [
  ...["detection", "segmentation", "classification"],
  "tabular-classification",
];
const CLASSES = [
  ["car", "person", "sign"],
  ["road", "sidewalk", "building", "sky", "tree"],
  ["red", "amber", "green"],
  ["no", "yes"],
];

export interface CatalogueStore {
  root: string;
  /** `--store` of the command. */
  url: string;
  remove(): void;
}

/**
 * A file store whose branch `main` publishes so many models, each a manifest, a contract and a report; three of four with a
 * picture.
 */
export function catalogueStore(models: number): CatalogueStore {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-catalogue-"));
  const page = reportOf(true);
  const plain = reportOf(false);

  for (let index = 0; index < models; index += 1) {
    const kind = index % KINDS.length;
    const name = `${KINDS[kind]}-${String(index).padStart(3, "0")}`;
    publish(join(root, "main"), name, {
      "edge/contract.json": JSON.stringify(contractOf(kind)),
      "edge/model.onnx": "onnx".repeat(1000 * (index + 1)),
      "evidence/report.html": kind === 3 ? plain : page,
    });
  }

  return {
    root,
    url: `file://${root}`,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function contractOf(kind: number) {
  const { inputs, outputs, opset } = sampleContract();
  const task = TASKS[kind];
  return { version: 1, task, opset, inputs, outputs, classes: CLASSES[kind] };
}

function reportOf(hasPicture: boolean): string {
  const { previews, ...model } = reportModel();
  const png = samplePng(320, 240);

  return renderModelPage({
    ...model,
    conversion: sampleConversion(),
    verdict: sampleVerdict(),
    previews: hasPicture ? previews.map((each) => ({ ...each, png })) : [],
  });
}

function publish(
  branch: string,
  name: string,
  texts: Readonly<Record<string, string>>,
): void {
  const files = Object.entries(texts).map(([key, text]) => {
    const path = key.replace("/", `/${name}/`);
    write(join(branch, path), text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    return { path, size: Buffer.byteLength(text), token: sha256, sha256 };
  });
  const warns = name.endsWith("7");
  const { verdict } = sampleManifest();
  const because = [{ text: "warning: it is slower than the published one" }];
  const manifest = sampleManifest({
    ...{ name, files },
    verdict: warns ? { ...verdict, outcome: "warn", because } : verdict,
  });
  write(join(branch, `edge/${name}/manifest.json`), JSON.stringify(manifest));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
