import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hashFile } from "../disk/hash-file.ts";
import { attestationPath, modelSignaturePath } from "../model/layout.ts";
import { type PublishedManifest, parseManifest } from "../model/manifest.ts";
import { orMissing } from "../node-error.ts";
import { filesBelow } from "./files-below.ts";
import { MODEL_SIGNATURE } from "./model-signature.ts";
import type { FoundModel } from "./verify-model.ts";

const MANIFEST = "manifest.json";

/** The models of a folder like `edge/<name>/`, else of those directly in it, else of `edge/` (or `edgePath`) in it. */
export async function modelsInFolder(
  folder: string,
  edgePath = "edge",
): Promise<FoundModel[]> {
  if (await isThere(join(folder, MANIFEST))) return [await foundIn(folder)];

  const children = await readdir(folder, { withFileTypes: true });
  const names = children.map(({ name }) => name).sort();
  const models: FoundModel[] = [];

  for (const name of names)
    if (await isThere(join(folder, name, MANIFEST)))
      models.push(await foundIn(join(folder, name)));

  const below = join(folder, edgePath);
  const isPlace = models.length === 0 && edgePath !== "";
  if (isPlace && (await isThere(below))) return modelsInFolder(below, "");

  return models;
}

async function foundIn(folder: string): Promise<FoundModel> {
  const bytes = await readFile(join(folder, MANIFEST));
  const manifest = await parseManifest(bytes, join(folder, MANIFEST));
  const place = manifest ? placeOf(manifest.files, manifest.name) : "";
  const path = `${place}${MANIFEST}`;
  const published = manifest && { manifest, bytes, path };
  const files = await filesBelow(folder);
  const own = new Set([path, attestationPath(path), modelSignaturePath(path)]);

  return {
    model: manifest?.name ?? basename(folder),
    published,
    attestation: await orMissing(readFile(join(folder, "attestation.json"))),
    signature: await orMissing(readFile(join(folder, MODEL_SIGNATURE))),
    snapshot: null,
    otherInputs: async () => null,
    hash: (about) => hashListed(folder, place, about),
    beside: files.map((file) => place + file).filter((file) => !own.has(file)),
    mayLack: (listed) => !listed.startsWith(place),
  };
}

/** Where the files of `edge/` were published: the longest folder that the ONNX files' place shares with the manifest. */
function placeOf(
  files: PublishedManifest["manifest"]["files"],
  name: string,
): string {
  const onnx = files.find(({ path }) => path.endsWith(".onnx"))?.path ?? "";
  const parts = dirname(onnx).split("/");
  const at = parts.lastIndexOf(name);
  const kept = at >= 0 ? parts.slice(0, at + 1) : parts;

  return `${kept.join("/")}/`;
}

/** What lies beside `edge/` counts where it is there: on a device it is not. */
async function hashListed(
  folder: string,
  place: string,
  { manifest }: PublishedManifest,
): Promise<Map<string, string>> {
  const root = join(
    folder,
    ...place
      .split("/")
      .filter(Boolean)
      .map(() => ".."),
  );
  const hashes = new Map<string, string>();

  for (const { path } of manifest.files) {
    const file = path.startsWith(place)
      ? join(folder, path.slice(place.length))
      : join(root, path);
    const sha256 = await orMissing(hashFile(file));
    if (sha256 !== null) hashes.set(path, sha256);
  }

  return hashes;
}

async function isThere(file: string): Promise<boolean> {
  return (await orMissing(stat(file))) !== null;
}
