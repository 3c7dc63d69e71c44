import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { catalogueStore } from "../support/catalogue-store.ts";
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
  expect(index).toContain(">1.1.0</td>");
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
        `public/models/~${Buffer.from("<b>x").toString("hex")}.html`,
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

it("shows a picture of each model whose published report has one", async () => {
  const many = catalogueStore(9);
  onTestFinished(many.remove);
  const { store } = setUp();
  const args = ["catalogue", "--store", many.url];
  const pictures = () => {
    const folder = join(store.cwd, "public/pictures");
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  const report = (name: string) =>
    join(many.root, "main/evidence", name, "report.html");
  // One was changed after its manifest, another is gone.
  appendFileSync(report("lidar-001"), " ");
  rmSync(report("lidar-005"));

  const run = await commandLine(args, { cwd: store.cwd });
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(run.stdout + run.stderr).toContain(
    "2 reports are not what their manifests list, and are not shown: lidar-001, lidar-005",
  );
  expect(pictures()).toEqual(
    ["camera-front-000", "camera-front-004", "camera-front-008"]
      .concat(["traffic-light-002", "traffic-light-006"])
      .map((name) => `${name}.png`),
  );
  expect(page(store, "index.html")).toContain(
    'src="pictures/traffic-light-002.png"',
  );
  expect(page(store, "models/buyers-003.html")).not.toContain("<img");
  const first = page(store, "pictures/camera-front-000.png");

  const again = await commandLine(args, { cwd: store.cwd });
  expect(again.code).toBe(0);
  expect(page(store, "pictures/camera-front-000.png")).toBe(first);
  const none = [...args, "--no-pictures"];
  expect((await commandLine(none, { cwd: store.cwd })).code).toBe(0);
  expect(pictures()).toEqual([]);
  expect(page(store, "index.html")).not.toContain("<img");
});
