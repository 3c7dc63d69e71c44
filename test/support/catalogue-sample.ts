import type {
  Catalogue,
  CatalogueEntry,
} from "../../src/registry/catalogue.ts";
import { sampleContract } from "./report-model-sample.ts";

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const TASKS = ["detection", "segmentation", "tabular-classification"];

/** A catalogue of so many models; two of three have a picture, one of ten a warning. */
export function sampleCatalogue(models: number): Catalogue {
  return {
    ...{ store: "lakefs://vision", branch: "main", commit: HASH },
    registry: "s3://models/autoware-ml",
    entries: Array.from({ length: models }, (_, index) => entry(index)),
    ...{ version: "1.2.3", docs: "https://git.test/docs" },
  };
}

function entry(index: number): CatalogueEntry {
  const name = `camera-front-${String(index).padStart(3, "0")}`;
  const task = TASKS[index % TASKS.length] ?? null;
  const path = `edge/${name}/end2end.onnx`;
  const warns = index % 10 === 7;

  return {
    name,
    picture: index % 3 === 2 ? null : `${name}.png`,
    contract: sampleContract({ task }),
    published: {
      ...{ engine: "mmdeploy", signed: index % 2 === 0 },
      outcome: warns ? "warn" : "pass",
      answer: [{ text: "on ONNX Runtime (CPU) it matches its source model" }],
      because: warns ? [{ text: "warning: `dets` is slower" }] : [],
      files: [{ path, size: 1000 * (index + 1), sha256: HASH }],
      inputs: [{ path: `model/${name}/config.py`, sha256: HASH }],
      fetch: `model-to-edge fetch lakefs://vision/c1/${name} ${name}`,
      verify: `model-to-edge verify ${name}`,
      url: "https://lakefs.test/edge",
      report: {
        ...{ path: "evidence/report.html", size: 9, sha256: HASH },
        url: "https://lakefs.test/report",
      },
    },
    versions: [
      {
        ...{ release: `1.${index}`, level: "weights", since: "1.0.0" },
        changes: ["same graph, new weights"],
        ...{ outcome: "pass", commit: HASH, aliases: ["edge", "latest"] },
        place: `s3://models/autoware-ml/models/CenterPoint/${name}/1.${index}/`,
      },
    ],
  };
}
