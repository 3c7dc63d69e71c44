import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkAgainst } from "../../src/document/schema.ts";
import type { ModelDiff } from "../../src/report/model-diff.ts";
import { commandLine } from "../support/command-line.ts";
import { published, setUp, weights } from "./promoting.ts";

/** A version in a registry, and the model that it came from in its branch. */
async function promotedOnce() {
  const world = setUp();
  const { store, registry, promote } = world;
  await published(store);
  expect((await promote()).code).toBe(0);

  const diff = (was: string, is: string, ...flags: string[]) =>
    commandLine(["diff", was, is, ...flags], { cwd: store.cwd });
  const document = async (was: string, is: string) => {
    const { code, stdout, stderr } = await diff(was, is, "--json");
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout) as ModelDiff;
    expect(await checkAgainst("model-diff", found)).toEqual([]);
    return found;
  };

  return {
    ...{ ...world, diff, document, branch: `${store.url}/main/det` },
    release: (version: string) =>
      `file://${registry}#CenterPoint/t4base@${version}`,
  };
}

test("folders, branches and versions are compared with each other", async () => {
  const { store, promote, diff, document, branch, release } =
    await promotedOnce();
  store.write("model/det/toy.weights", weights(2, 2, 2, 2));
  await published(store);
  expect((await promote()).code).toBe(0);

  // Two versions: new weights, and what they change; an alias names one.
  const versions = await document(release("1.0.0"), release("edge"));
  expect(versions).toMatchObject({
    ...{ was: { at: "1.0.0", hashed: true }, is: { at: "1.1.0" } },
    ...{ level: "weights", operators: [] },
    changes: [{ level: "weights", text: "same graph, new weights" }],
    numbers: {
      ...{ status: "compared", inputs: "golden input of the old model" },
      ...{ outputs: [{ name: "output", problem: null }], detections: null },
    },
  });
  if (versions.numbers.status !== "compared") return;
  const [output] = versions.numbers.outputs;
  expect(output?.max_abs).toBeGreaterThan(0.1);
  expect(output?.worst?.was).not.toBe(output?.worst?.is);

  // A version and the branch it came from are the same, over all references.
  const same = await document(release("1.1.0"), branch);
  expect(same).toMatchObject({
    ...{ level: "none", changes: [], was: { model: "t4base.onnx" } },
    numbers: {
      inputs: "references of the new model",
      outputs: [{ max_abs: 0, sqnr_db: null }],
    },
  });
  if (same.numbers.status === "compared")
    expect(same.numbers.cases.length).toBeGreaterThan(2);

  // A branch's only model needs no name; --out writes a page without network.
  const only = `${store.url}/main/`;
  const text = await diff(release("1.0.0"), only, "--out", "d");
  expect(text.code, text.stdout).toBe(0);
  expect(text.stdout).toMatch(/^weights: same contract, new weights\n/);
  expect(text.stdout).toMatch(/numbers, over \d+ cases of the references/);
  expect(text.stdout).toContain("pictures: d/diff.html\n");
  const page = readFileSync(join(store.cwd, "d/diff.html"), "utf8");
  expect(page).toContain("same graph, new weights");
  expect(page).not.toMatch(/(?:src|href)="https?:/);

  // A fetched folder is hashed: a report is not missed, a contract that changed is.
  const fetched = join(store.cwd, "fetched");
  await commandLine(["fetch", branch, fetched, "--unsigned"], store);
  const folder = join(fetched, "edge/det");
  rmSync(join(fetched, "evidence/det/report.html"));
  expect((await document(folder, branch)).was).toMatchObject({
    ...{ at: null, hashed: true },
  });
  appendFileSync(join(folder, "contract.json"), " ");
  const changed = await diff(folder, branch);
  expect(changed.code).toBe(2);
  expect(changed.stdout).toContain("does not match the sha256");
  expect(changed.stdout).toContain("errors.md#model-changed");

  writeFileSync(join(folder, "manifest.json"), "{");
  expect((await diff(folder, branch)).stdout).toContain("#model-changed");
  rmSync(join(folder, "manifest.json"));
  const bare = await diff(folder, branch);
  expect(bare.stdout).toContain("no manifest.json: not hashed against one");
  expect(bare.code).toBe(0);
}, 600_000);

test("a place that names nothing, or something else now, is exit code 2", async () => {
  const { store, registry, diff, branch, release } = await promotedOnce();
  const refused = async (place: string, words: string) => {
    const found = await diff(place, branch);
    expect(found.code, `${place}: ${found.stdout}`).toBe(2);
    expect(found.stdout).toContain(words);
    expect(found.stdout + found.stderr).not.toContain("    at ");
  };

  await refused(release("9.0.0"), "#release-missing");
  await refused(`file://${registry}#A/b@1.0.0`, "#release-missing");
  await refused(`file://${registry}#t4base`, "#place-unknown");
  await refused("ftp://x#A/b@1.0.0", "#registry-unknown");
  await refused(`${store.url}/nope/det`, "nope");
  await refused(`${store.url}/main/nope`, "#model-unknown");
  await refused("nowhere", "#no-model-folder");

  const graph = join(
    ...[registry, "models/CenterPoint/t4base/1.0.0", "t4base.onnx"],
  );
  appendFileSync(graph, "x");
  await refused(release("1.0.0"), "#release-damaged");
  rmSync(graph);
  await refused(release("1.0.0"), "is gone");

  rmSync(join(store.branch, "edge/det/manifest.json"));
  await refused(branch, "the manifest of model det in edge/ of ");
}, 600_000);
