import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  configure,
  hashOf,
  MODEL,
  promotionIn,
  published,
  releaseIn,
  setUp,
  weights,
} from "./promoting.ts";

describe("promote", () => {
  it("counts parameters: a new file is additive, a changed one breaking, and it is called as the release", async () => {
    const { store, registry, promote } = setUp();
    configure(store, "{algorithm: CenterPoint, name: t4base}");
    const wants = (template: string) =>
      store.write(
        "model/det/conversion.yaml",
        JSON.stringify({ version: 1, parameters: { template } }),
      );
    const steps: [string | null, string, string | null][] = [
      [null, "1.0.0", null],
      ["plain", "1.1.0", "additive"],
      ["autoware-yolox", "2.0.0", "breaking"],
    ];

    for (const [template, release, level] of steps) {
      if (template) wants(template);
      await published(store);
      expect((await promote()).code).toBe(0);
      const { since, ...promotion } = promotionIn(store);
      expect([promotion.release, since?.level ?? null]).toEqual([
        ...[release, level],
      ]);
      const names = readdirSync(join(registry, MODEL, release));
      expect(names.includes("t4base.param.yaml")).toBe(template !== null);
    }
  });

  it("tells the story of a model: first, new weights, another contract, the same again", async () => {
    const { store, registry, promote } = setUp();
    store.write("model/det/training.log", "epoch 20\n");
    configure(
      store,
      '{algorithm: CenterPoint, name: t4base, files: {log: "*.log"}}',
    );
    await published(store);
    const first = await promote();
    expect(first.stdout).toContain("t4base 1.0.0: promoted");
    expect(first.code).toBe(0);
    expect(promotionIn(store)).toMatchObject({
      status: "promoted",
      release: "1.0.0",
      since: null,
      aliases: [
        { name: "edge", was: null },
        { name: "latest", was: null },
      ],
    });
    const tree = readdirSync(join(registry, MODEL, "1.0.0")).sort();
    expect(tree).toEqual([
      "README.md",
      "README.txt",
      "contract.json",
      "deploy.json",
      "golden.safetensors",
      "manifest.json",
      "model.json",
      "release.json",
      "t4base.onnx",
      "toy.weights",
      "training.log",
      "verdict.json",
    ]);
    for (const { name, sha256 } of releaseIn(registry, "1.0.0").files)
      expect(hashOf(join(registry, MODEL, "1.0.0", name)), name).toBe(sha256);

    store.write("model/det/toy.weights", weights(5, 6, 7, 8));
    await published(store);
    expect((await promote()).code).toBe(0);
    expect(promotionIn(store)).toMatchObject({
      release: "1.1.0",
      since: {
        release: "1.0.0",
        level: "weights",
        changes: ["same graph, new weights"],
      },
      aliases: [
        { name: "edge", was: "1.0.0" },
        { name: "latest", was: "1.0.0" },
      ],
    });

    store.write("model/det/model.json", '{"channels": 5}');
    store.write("model/det/toy.weights", weights(1, 2, 3, 4, 5));
    await published(store);
    expect((await promote()).code).toBe(0);
    expect(promotionIn(store)).toMatchObject({
      release: "2.0.0",
      since: { release: "1.1.0", level: "breaking" },
    });

    const again = await promote();
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("t4base 2.0.0: already there");
    expect(promotionIn(store)).toMatchObject({
      status: "there",
      release: "2.0.0",
    });

    const back = await promote("--back");
    expect(back.stdout).toContain(
      "edge of t4base named 2.0.0, and names 1.1.0 again",
    );
    expect((await promote("--back")).stdout).toContain("names 1.0.0 again");
    const end = await promote("--back");
    expect(end.code).toBe(2);
    expect(end.stdout).toContain("has named no other version before");
  });

  it("plans with --dry-run, and writes nothing", async () => {
    const { store, registry, promote } = setUp();
    await published(store);
    const run = await promote("--dry-run");
    expect(run.code, run.stdout).toBe(0);
    expect(promotionIn(store)).toMatchObject({
      status: "planned",
      release: "1.0.0",
    });
    expect(existsSync(registry)).toBe(false);
  });

  it("refuses other bytes under a version, with both hashes", async () => {
    const { store, promote } = setUp();
    await published(store);
    await promote("--version", "1.1.0");
    store.write(
      "model/det/model.json",
      '{"channels": 4, "note": "same graph"}',
    );
    await published(store);

    const run = await promote("--version", "1.1.0");
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(
      /version 1\.1\.0 of t4base is there with other bytes: .*model\.json \(there [0-9a-f]{12}, ours [0-9a-f]{12}\)/,
    );
  });

  it("proves before it copies", async () => {
    const { store, registry, promote } = setUp();
    await published(store);
    const onnx = store
      .manifest("edge/det/manifest.json")
      .files.find(({ path }) => path.endsWith(".onnx"))?.path;

    store.write("model/det/toy.weights", weights(9, 9, 9, 9));
    const stale = await promote();
    expect(stale.code).toBe(1);
    expect(stale.stdout).toContain(
      "it was made for other inputs than the current ones: model/det/toy.weights",
    );

    await published(store);
    store.write(onnx ?? "", "other bytes");
    const forged = await promote();
    expect(forged.code).toBe(1);
    expect(forged.stdout).toContain(onnx);
    expect(existsSync(registry)).toBe(false);
  });

  it("says of a bad wish what is wrong, and what to do", async () => {
    const { store, registry, promote } = setUp();
    await published(store);

    for (const [args, says] of [
      [["--to", "ftp://x/y"], "names no registry"],
      [["--to", "s3://UPPER/x"], "names no registry"],
      [["--version", "v2"], "is not a version of any scheme"],
      [["--version", "0.9.0"], "is too low"],
      [["--algorithm", "a/b"], "is not a usable name"],
      [["--name", ".."], "is not a usable name"],
      [["--name", "my model"], "is not a usable name"],
      [["--branch", "nowhere"], "nowhere"],
      [["--model", "dett", "--algorithm", "A"], "no model dett is published"],
    ] as const) {
      const run = await promote(...args);
      expect(run.stdout).toContain(says);
      expect(run.code, says).toBe(2);
      expect(run.stdout).toContain("hint: ");
    }
    expect(existsSync(registry)).toBe(false);
  });

  it("needs an algorithm, and a project with its scheme", async () => {
    const { store, promote } = setUp("{name: t4base}");
    await published(store);
    expect((await promote()).stdout).toContain("release: {algorithm:");

    configure(store, "{algorithm: A, project: oem}");
    expect((await promote()).stdout).toContain("but the scheme is xyz");
  });

  it("gives a hot fix of an older product its own line", async () => {
    const { store, registry, promote } = setUp();
    for (const [at, version] of ["1.0.0", "1.1.0", "1.2.0"].entries()) {
      store.write("model/det/toy.weights", weights(at, 2, 3, 4));
      await published(store);
      expect((await promote("--version", version)).code).toBe(0);
    }

    configure(
      store,
      "{algorithm: CenterPoint, name: t4base, scheme: x.y.z-project.n, project: oem}",
    );
    store.write("model/det/toy.weights", weights(7, 7, 7, 7));
    await published(store);
    const run = await promote("--version", "1.1.0-oem.1", "--alias", "oem");
    expect(run.code, run.stdout).toBe(0);
    expect(releaseIn(registry, "1.1.0-oem.1").since).toMatchObject({
      release: "1.1.0",
      level: "weights",
    });
    expect(promotionIn(store).aliases).toContainEqual({
      name: "latest",
      was: "1.2.0",
    });
    const latest = join(registry, MODEL, ".aliases/latest.json");
    expect(readFileSync(latest, "utf8")).toContain('"1.2.0"');
  });

  it("leaves a release in the model's own conversion.yaml to Git", async () => {
    const { store } = setUp();
    store.write(
      "model/det/conversion.yaml",
      "version: 1\ndefaults: {release: {algorithm: Mine}}\n",
    );
    const run = await store.run();
    expect(run.code).toBe(2);
    expect(run.stdout).toContain("release");
  });
});
