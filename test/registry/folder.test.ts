import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { folderPlace } from "../../src/registry/folder-place.ts";
import { registryConformance } from "./conformance.ts";
import { datasetConformance } from "./dataset-conformance.ts";
import { notesConformance } from "./notes-conformance.ts";
import { objectRegistry } from "./object-registry.ts";

async function folder() {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-registry-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const { signal } = new AbortController();

  return folderPlace(`file://${root}`, root, signal);
}

const open = async () => objectRegistry(await folder());
registryConformance("folder", open);
notesConformance("folder", open);
datasetConformance("folder", folder);
