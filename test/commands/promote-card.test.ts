import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { cyclonedxProblems } from "../support/cyclonedx.ts";
import {
  hashOf,
  MODEL,
  promotionIn,
  published,
  releaseIn,
  setUp,
  weights,
} from "./promoting.ts";

const card = (registry: string, version: string, name = "README.md") =>
  readFileSync(join(registry, MODEL, version, name), "utf8");

it("a version has a card of what was released, and the same release the same card", async () => {
  const { store, registry, promote } = setUp(
    "{algorithm: CenterPoint, name: t4base, license: MIT}",
  );
  await published(store);
  const run = await promote();
  expect(run.code, run.stdout).toBe(0);

  const text = card(registry, "1.0.0");
  const release = releaseIn(registry, "1.0.0");
  const front = parse(text.split("---\n")[1] ?? "");
  expect(front).toMatchObject({ license: "mit", library_name: "onnx" });
  expect(text).toContain(release.digest);
  expect(text).toContain(release.source.commit);
  expect(text).toMatch(/model-to-edge fetch \S+\/det det\n/);
  expect(text).toContain("Exceptions: none.");
  expect(text).toContain("| `t4base.onnx` |");
  const file = join(registry, MODEL, "1.0.0/README.md");
  expect(release.files).toContainEqual({
    ...{ name: "README.md", size: Buffer.byteLength(text) },
    sha256: hashOf(file),
  });

  const other = `${registry}-2`;
  expect((await promote("--to", `file://${other}`)).code).toBe(0);
  expect(card(other, "1.0.0")).toBe(text);
});

it("a version whose card has other words is there, and keeps them", async () => {
  const { store, registry, promote } = setUp();
  await published(store);
  await promote();
  const folder = join(registry, MODEL, "1.0.0");
  const release = releaseIn(registry, "1.0.0");
  // As an earlier version of this program wrote it: with other words, or without a card.
  for (const files of [
    release.files.map((each) =>
      each.name === "README.md" ? { ...each, sha256: "0".repeat(64) } : each,
    ),
    release.files.filter(({ name }) => name !== "README.md"),
  ]) {
    const earlier = JSON.stringify({ ...release, files });
    writeFileSync(join(folder, "release.json"), earlier);

    for (const version of ["auto", "1.0.0"]) {
      const again = await promote("--version", version);
      expect(again.code, again.stdout).toBe(0);
      expect(promotionIn(store)).toMatchObject({
        ...{ status: "there", release: "1.0.0", files },
      });
    }
  }
});

it("the team's own README.md keeps its name, and does not make another model", async () => {
  const { store, registry, promote } = setUp(
    "{algorithm: CenterPoint, name: t4base, files: {readme: README.md}}",
  );
  store.write("model/det/README.md", "# Ours\n");
  await published(store);
  expect((await promote()).code).toBe(0);
  expect(card(registry, "1.0.0")).toBe("# Ours\n");
  expect(card(registry, "1.0.0", "README.model-to-edge.md")).toContain(
    "t4base 1.0.0",
  );

  store.write("model/det/toy.weights", weights(5, 6, 7, 8));
  await published(store);
  expect((await promote()).code).toBe(0);
  expect(readdirSync(join(registry, MODEL, "1.1.0"))).toContain("README.md");
  expect(card(registry, "1.1.0", "README.model-to-edge.md")).toContain(
    "- same graph, new weights",
  );
});

it("--bom adds a bill of materials with the engine's packages, and nothing to a version that is there", async () => {
  const { store, registry, promote } = setUp();
  await published(store);
  const toolchain = JSON.parse(store.read("evidence/det/toolchain.json"));
  expect(toolchain).toMatchObject({ kind: "toolchain", engine: "toy" });

  const run = await promote("--bom");
  expect(run.code, run.stdout).toBe(0);
  expect(run.stdout).not.toContain("without bom.cdx.json");
  const bom = JSON.parse(card(registry, "1.0.0", "bom.cdx.json"));
  expect(cyclonedxProblems(bom)).toEqual([]);
  expect(bom.components).toMatchObject([
    { name: "python", version: toolchain.python, scope: "excluded" },
  ]);
  expect(releaseIn(registry, "1.0.0").files.map(({ name }) => name)).toContain(
    "bom.cdx.json",
  );

  const other = ["--to", `file://${registry}-2`];
  expect((await promote(...other)).code).toBe(0);
  const later = await promote(...other, "--bom");
  expect(later.code).toBe(0);
  expect(later.stdout).toContain("1.0.0 is there without bom.cdx.json");
});

it("--bom refuses to take the name of a file of the model's folder", async () => {
  const { store, promote } = setUp(
    '{algorithm: CenterPoint, name: t4base, files: {bom: "*.cdx.json"}}',
  );
  store.write("model/det/bom.cdx.json", "{}");
  await published(store);
  const run = await promote("--bom");
  expect(run.code).toBe(2);
  expect(run.stdout).toContain("bom.cdx.json");
  expect(run.stdout).toContain("leave `--bom` out");
});
