import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineRequest, RequestFile } from "../engine/protocol.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { CodeFile } from "../model/git-code.ts";
import type { PlannedModel } from "../plan/plan.ts";
import { EVIDENCE } from "../plan/unchanged.ts";

export interface RequestPlace {
  /** Holds the downloaded model. */
  folder: string;
  /** Holds the code that came from Git; not made where it came from the store. */
  code: string;
  /** Where the engine writes. */
  output: string;
  /** Resolved: `cpu` or `cuda:N`. */
  device: string;
}

/** What the engine's process is asked. */
export async function makeRequest(
  model: PlannedModel & { fingerprint: Fingerprint },
  { folder, code, output, device }: RequestPlace,
): Promise<EngineRequest> {
  const below = (path: string) => path.slice(model.folder.length + 1);
  const files = model.files.map(({ role, path }) => ({
    role,
    path: below(path),
  }));

  const classesFile = files.find(({ role }) => role === "classes");

  return {
    protocol: 1,
    model: {
      name: model.name,
      dir: folder,
      files,
      ...(model.code
        ? { code: { dir: code, files: model.code.files.map(named) } }
        : {}),
    },
    options: model.options,
    allow: model.allow,
    device,
    samples: files
      .filter(({ role }) => role === "sample")
      .map(({ path }) => join(folder, path)),
    classes: classesFile
      ? linesOf(await readFile(join(folder, classesFile.path), "utf8"))
      : null,
    seed: EVIDENCE.seed,
    references: {
      random: EVIDENCE.random,
      fp64: EVIDENCE.fp64,
      shapes: model.policy.shapes,
    },
    metadata: {
      "edge.engine": model.engine,
      "edge.exec_fp": model.fingerprint.exec,
      "edge.model": model.name,
      "edge.spec_fp": model.fingerprint.spec,
    },
    output_dir: output,
  };
}

function named({ role, path }: CodeFile): RequestFile {
  return { role, path };
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
