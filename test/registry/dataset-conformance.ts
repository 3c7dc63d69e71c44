import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { datasetOf } from "../../src/registry/dataset.ts";
import { datasetShelf } from "../../src/registry/dataset-shelf.ts";
import type { ObjectPlace } from "../../src/registry/object-place.ts";
import { readDatasetFolder } from "../../src/registry/read-dataset.ts";
import { faultyPlace } from "./faulty-place.ts";

const PATH = "auto_label/20241101_xx1";

/** What every registry of objects must keep of a data set. `open`: an empty place for each test. */
export function datasetConformance(
  kind: string,
  open: () => Promise<ObjectPlace>,
): void {
  const setUp = async () => {
    const place = await open();
    onTestFinished(() => place.close());
    return { place, shelf: datasetShelf(place) };
  };

  describe(`data sets of a registry: ${kind}`, () => {
    test("has the same again already, and never overwrites", async () => {
      const { place, shelf } = await setUp();
      const first = await sample("a");
      expect(await shelf.read(PATH)).toBeNull();

      expect(await shelf.put(first.dataset, first.files)).toEqual({
        status: "put",
      });
      expect(await shelf.put(first.dataset, first.files)).toEqual({
        ...{ status: "there", dataset: first.dataset },
      });
      const other = await sample("b");
      expect(await shelf.put(other.dataset, other.files)).toEqual({
        ...{ status: "other", dataset: first.dataset },
      });
      await expectWhole(place, PATH);
    });

    test("of two at once with other files one wins, whole", async () => {
      const { place, shelf } = await setUp();
      const samples = await Promise.all(
        ["a", "b", "c"].map((content) => sample(content)),
      );

      const outcomes = await Promise.all(
        samples.map(({ dataset, files }) => shelf.put(dataset, files)),
      );

      const statuses = outcomes.map(({ status }) => status);
      expect(statuses.filter((status) => status === "put")).toHaveLength(1);
      await expectWhole(place, PATH);
    });

    test("broken off at each call it is no data set, and the next try ends it", async () => {
      const { place, shelf } = await setUp();
      const good = faultyPlace(place, { at: Number.POSITIVE_INFINITY });
      const whole = await sample("a", `${PATH}-0`);
      await datasetShelf(good).put(whole.dataset, whole.files);
      expect(good.calls()).toBeGreaterThan(4);

      for (let at = 1; at <= good.calls(); at++)
        for (const effect of ["before", "after"] as const) {
          const path = `${PATH}-${at}-${effect}`;
          const { dataset, files } = await sample("a", path);
          const dying = datasetShelf(faultyPlace(place, { at, effect }));
          await expect(dying.put(dataset, files)).rejects.toThrow("killed");
          await expectWhole(place, path);

          await shelf.put(dataset, files);
          expect(await shelf.read(path)).toEqual(dataset);
          await expectWhole(place, path);
        }
    });
  });
}

async function sample(content: string, path = PATH) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-labels-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["labels 1.json", "labels.bin", `${content}.txt`])
    writeFileSync(join(folder, name), `${name} of ${content}`);
  const { signal } = new AbortController();
  const files = await readDatasetFolder("auto-label", folder, signal);

  return { files, dataset: datasetOf(path, files) };
}

/** The invariant: where there is a `dataset.json`, every file is there with its bytes, and no other one. */
async function expectWhole(place: ObjectPlace, path: string) {
  const dataset = await datasetShelf(place).read(path);
  if (!dataset) return;

  const names: string[] = [];
  for await (const { key } of place.list(`${path}/`))
    names.push(key.slice(path.length + 1));
  expect(names.sort()).toEqual(
    [...dataset.files.map(({ name }) => name), "dataset.json"].sort(),
  );
  for (const { name, sha256 } of dataset.files)
    expect(await place.hash(`${path}/${name}`), name).toBe(sha256);
}
