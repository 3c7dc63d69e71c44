import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { datasetOf } from "../../src/registry/dataset.ts";
import { datasetShelf } from "../../src/registry/dataset-shelf.ts";
import { folderPlace } from "../../src/registry/folder-place.ts";
import { versionPrefix } from "../../src/registry/layout.ts";
import { objectTarget } from "../../src/registry/object-target.ts";
import type { PlantedAt } from "./conformance.ts";
import { objectRegistry } from "./object-registry.ts";
import { releaseSample, withCard } from "./release-sample.ts";
import { restoreConformance } from "./restore-conformance.ts";

const PATH = "auto_label/20241101_xx1";

function setUp() {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-registry-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const { signal } = new AbortController();
  const place = folderPlace(`file://${root}`, join(root, "registry"), signal);
  const at = (name: string) =>
    join(root, "registry/models/CenterPoint/t4base/1.0.0", name);
  const data = (name: string) => join(root, "registry", PATH, name);

  return { root, place, at, data, target: objectTarget(place) };
}

restoreConformance("folder", async () => {
  const { root, place } = setUp();
  const file = ({ model, version, name }: PlantedAt) =>
    join(root, "registry", versionPrefix(model, version), name);

  return {
    ...objectRegistry(place),
    remove: async (at) => rmSync(file(at)),
    replace: async (at, bytes) => writeFileSync(file(at), bytes),
  };
});

test("a file that is gone, and whose bytes are not here any more, is named", async () => {
  const { root, at, target } = setUp();
  const { release, files } = releaseSample(root, "a");
  await target.put(release, files);
  rmSync(at("manifest.json"));

  const others = files.map((file) =>
    file.name === "manifest.json" ? { ...file, sha256: "0".repeat(64) } : file,
  );
  await expect(target.put(release, others)).rejects.toMatchObject({
    ...{ exitCode: 2, code: "release-damaged" },
    message: expect.stringMatching(/manifest\.json is gone/),
  });
});

test("a card is people's own: edited or removed, the version is there", async () => {
  const { root, at, target } = setUp();
  const plain = releaseSample(root, "a");
  const { release, files } = withCard(root, plain, "first");
  await target.put(release, files);
  writeFileSync(at("README.md"), "ours");
  expect((await target.put(release, plain.files)).status).toBe("there");
  rmSync(at("README.md"));
  expect((await target.put(release, plain.files)).status).toBe("there");
});

test("files of a data set that somebody removed are put back", async () => {
  const { root, place, data } = setUp();
  const shelf = datasetShelf(place);
  const { files } = releaseSample(root, "a");
  const dataset = datasetOf(PATH, files);
  await shelf.put(dataset, files);
  rmSync(data("config.py"));

  expect(await shelf.put(dataset, files)).toEqual({ status: "put" });
  expect(readFileSync(data("config.py"), "utf8")).toBe("model = 1\n");
  expect(await shelf.put(dataset, files)).toMatchObject({ status: "there" });
});
