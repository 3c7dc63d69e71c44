import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import type { ToyStore } from "../support/toy-store.ts";
import { published, setUp, weights } from "./promoting.ts";

function catalogue(store: ToyStore, ...args: string[]) {
  return commandLine(["catalogue", "--store", store.url, ...args], {
    cwd: store.cwd,
  });
}

const page = ({ cwd }: ToyStore, name: string) =>
  readFileSync(join(cwd, "public", name), "utf8");

it("shows all models of a branch and their versions in a registry", async () => {
  const { store, registry, promote } = setUp();
  store.write("model/<b>x/model.json", '{"channels": 4}');
  store.write("model/<b>x/toy.weights", weights(1, 2, 3, 4));
  await published(store);
  await promote();
  store.write("model/det/toy.weights", weights(5, 6, 7, 8));
  await published(store);
  await promote();

  const run = await catalogue(store, "--from", `file://${registry}`);
  expect(run.code, run.stdout).toBe(0);
  expect(run.stdout).toContain("2 models: public/index.html");

  const index = page(store, "index.html");
  expect(index).toContain('href="models/det.html"');
  expect(index).toContain("<td>1.1.0</td>");
  expect(index).toContain("&lt;b&gt;x");
  expect(index).not.toContain("<b>x");

  const det = page(store, "models/det.html");
  expect(det).toContain("<b>1.0.0</b>");
  expect(det).toContain("<b>weights</b> since 1.0.0");
  expect(det).toContain("edge, latest");
  expect(det).toMatch(/model-to-edge fetch \S+\/det det/);
  expect(det).toContain("end2end.onnx");
  expect(existsSync(join(store.cwd, "public/.scratch"))).toBe(false);
  expect(
    existsSync(
      join(
        store.cwd,
        `public/models/${Buffer.from("<b>x").toString("hex")}.html`,
      ),
    ),
  ).toBe(true);

  // A model that is gone from the branch is in the registry still; one that is gone altogether has no page.
  rmSync(join(store.branch, "model/det"), { recursive: true });
  await published(store);
  const later = await catalogue(store, "--from", `file://${registry}`);
  expect(later.code, later.stdout).toBe(0);
  expect(page(store, "index.html")).toContain("in the registry alone");
  expect((await catalogue(store)).code).toBe(0);
  expect(existsSync(join(store.cwd, "public/models/det.html"))).toBe(false);
});

it.each([
  [["--model-branch", "nowhere"], "has no branch nowhere"],
  [["--from", "ftp://x"], "names no registry"],
])("%j is a clear error", async (args, says) => {
  const { store } = setUp();
  const run = await catalogue(store, ...args);
  expect(run.code).toBe(2);
  expect(run.stdout + run.stderr).toContain(says);
});
