import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { datasetOf } from "../../src/registry/dataset.ts";
import { datasetShelf } from "../../src/registry/dataset-shelf.ts";
import { folderPlace } from "../../src/registry/folder-place.ts";
import { objectTarget } from "../../src/registry/object-target.ts";
import { releaseSample, withCard } from "./release-sample.ts";

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

test("files of a version that somebody removed are put back by the same promotion", async () => {
  const { root, at, target } = setUp();
  const { release, files } = releaseSample(root, "a");
  await target.put(release, files);
  for (const name of ["detector.onnx", "manifest.json"]) rmSync(at(name));

  expect(await target.put(release, files)).toEqual({ status: "put", release });
  for (const { name, file } of files)
    expect(readFileSync(at(name)), name).toEqual(readFileSync(file));
  expect((await target.put(release, files)).status).toBe("there");
});

test("a file of another size is not overwritten, and named", async () => {
  const { root, at, target } = setUp();
  const { release, files } = releaseSample(root, "a");
  await target.put(release, files);
  writeFileSync(at("detector.onnx"), "short");

  await expect(target.put(release, files)).rejects.toMatchObject({
    ...{ exitCode: 2, code: "release-damaged" },
    message: expect.stringMatching(/detector\.onnx has another size/),
  });
  expect(readFileSync(at("detector.onnx"), "utf8")).toBe("short");
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
