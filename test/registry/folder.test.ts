import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { folderPlace } from "../../src/registry/folder-place.ts";
import { registryConformance } from "./conformance.ts";
import { notesConformance } from "./notes-conformance.ts";
import { objectRegistry } from "./object-registry.ts";

const open = async () => {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-registry-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { signal } = new AbortController();

  return objectRegistry(folderPlace(`file://${folder}`, folder, signal));
};

registryConformance("folder", open);
notesConformance("folder", open);
