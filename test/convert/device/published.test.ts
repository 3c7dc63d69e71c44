import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ToyStore, toyStore } from "../../support/toy-store.ts";

const configure = (store: ToyStore, text: string) =>
  writeFileSync(
    join(store.cwd, "conversion.yaml"),
    `version: 1\ndefaults: { ${text} }\n`,
  );
const status = (store: ToyStore) => store.summary().models[0]?.status;
const golden = (store: ToyStore) => store.edge()["det/golden.safetensors"];
const withoutDeviceFiles = (store: ToyStore) => {
  const {
    "det/README.txt": _,
    "det/golden.safetensors": __,
    ...rest
  } = store.edge();
  return rest;
};

describe("golden.safetensors and README.txt of a published model", () => {
  it("lie in edge/ and in the manifest, and say what they are in five lines", async () => {
    const [store, twin] = [toyStore(), toyStore()];
    await store.run();
    await twin.run();
    expect(store.edge()).toMatchObject({
      "det/golden.safetensors": golden(twin),
      "det/README.txt": twin.edge()["det/README.txt"],
    });
    const listed = Object.fromEntries(
      store
        .manifest("edge/det/manifest.json")
        .files.map(({ path, sha256 }) => [path, sha256]),
    );
    for (const name of ["README.txt", "golden.safetensors"])
      expect(listed[`edge/det/${name}`]).toBe(store.edge()[`det/${name}`]);
    const lines = store.read("edge/det/README.txt").split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^det: an ONNX model for regression, .* toy/);
    expect(lines[1]).toBe(
      "Run end2end.onnx with ONNX Runtime (opset 13): in input f32[batch, 4]; out output f32[batch, 4].",
    );
    expect(lines[3]).toMatch(/^golden\.safetensors holds a random input/);
  });

  it("are taken away without a conversion where a person wants none, and come back", async () => {
    const store = toyStore();
    await store.run();
    const [first, others] = [golden(store), withoutDeviceFiles(store)];
    configure(store, "golden: none");
    expect((await store.run()).code).toBe(0);
    expect([status(store), golden(store)]).toEqual(["rechecked", undefined]);
    // They make a model no other one that would be measured beside it.
    expect(store.summary().models[0]?.performance).not.toMatch(/published/);
    expect(store.read("edge/det/README.txt")).toContain(
      "There is no golden.safetensors: golden: none in conversion.yaml.",
    );
    expect(Object.keys(withoutDeviceFiles(store))).toEqual(Object.keys(others));

    // What is usual is the same policy, said or not.
    configure(store, "golden: sample");
    await store.run();
    expect([status(store), golden(store)]).toEqual(["rechecked", first]);
    configure(store, "golden: sample, samples: none*.json");
    await store.run();
    expect(status(store)).toBe("unchanged");
  });

  it("change nothing of what was published before there were such files", async () => {
    const store = toyStore();
    await store.run();
    const path = "edge/det/manifest.json";
    const { files, ...manifest } = store.manifest(path);
    const own = /(README\.txt|golden\.safetensors)$/;
    const older = files.filter((file) => !own.test(file.path));
    store.write(path, JSON.stringify({ ...manifest, files: older }));
    for (const name of ["README.txt", "golden.safetensors"])
      rmSync(join(store.branch, "edge/det", name));

    const before = store.edge();
    await store.run();
    expect([status(store), store.edge()]).toEqual(["unchanged", before]);
  });

  it("hold a real sample, unless pictures are private", async () => {
    const store = toyStore();
    store.write("model/det/samples/0.json", "[4, 3, 2, 1]");
    configure(store, "samples: samples/*.json");
    await store.run();
    const readme = () => store.read("edge/det/README.txt");
    expect(readme()).toContain("holds a real input");
    configure(store, "samples: samples/*.json, golden: random");
    await store.run();
    expect(readme()).toContain("holds a random input");
  });
});
