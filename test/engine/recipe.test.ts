import { appendFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Engine } from "../../src/engine/catalogue.ts";
import {
  environmentHash,
  recipeHash,
  sharedHash,
} from "../../src/engine/recipe.ts";
import { temporaryFolder } from "../child/children.ts";
import { toyEngine } from "./toy.ts";

const FILES = [
  "convert.py",
  "requirements.txt",
  "install.sh",
  "pkg/step.py",
  "demo/make.py",
  "README.md",
];

/** An engine with pins in a package of its own. */
async function engineIn(root: string): Promise<Engine> {
  const folder = join(root, "components/other");
  for (const child of ["pkg", "demo"])
    mkdirSync(join(folder, child), { recursive: true });
  mkdirSync(join(root, "components/_shared/edge_engine"), { recursive: true });
  for (const file of FILES)
    writeFileSync(join(folder, file), `content of ${file}`);
  writeFileSync(join(root, "components/_shared/edge_engine/run.py"), "shared");
  const install = {
    script: "install.sh",
    inputs: ["requirements.txt"],
    says: "",
  };
  return { ...(await toyEngine()), name: "other", folder, install };
}

const hashesOf = (engine: Engine, root: string) => ({
  exec: recipeHash(engine, sharedHash(root)),
  environment: environmentHash(engine),
});

it("is the same in another folder, and on a machine that ran the engine", async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const engine = await engineIn(here);
  cpSync(here, there, { recursive: true });
  const copy = { ...engine, folder: join(there, "components/other") };
  mkdirSync(join(copy.folder, "__pycache__"));
  writeFileSync(
    join(copy.folder, "__pycache__/convert.cpython-311.pyc"),
    "compiled",
  );
  expect(hashesOf(copy, there)).toEqual(hashesOf(engine, here));
  expect(hashesOf(engine, here).exec).toMatch(/^[0-9a-f]{64}$/);
});

it.each([
  ["the adapter", "other/pkg/step.py", { exec: true, environment: false }],
  [
    "the shared Python",
    "_shared/edge_engine/run.py",
    { exec: true, environment: false },
  ],
  ["the pins", "other/requirements.txt", { exec: true, environment: true }],
  ["the install script", "other/install.sh", { exec: true, environment: true }],
  ["the README", "other/README.md", { exec: false, environment: false }],
  [
    "the model to try it with",
    "other/demo/make.py",
    { exec: false, environment: false },
  ],
])("an edit of %s (%s) changes %j", async (_, file, changes) => {
  const root = temporaryFolder();
  const engine = await engineIn(root);
  const before = hashesOf(engine, root);
  appendFileSync(join(root, "components", file), "edited");
  const after = hashesOf(engine, root);
  expect({
    exec: after.exec !== before.exec,
    environment: after.environment !== before.environment,
  }).toEqual(changes);
});

it("a file under another name is another recipe", async () => {
  const root = temporaryFolder();
  const engine = await engineIn(root);
  const before = hashesOf(engine, root);
  cpSync(
    join(engine.folder, "pkg/step.py"),
    join(engine.folder, "pkg/steps.py"),
  );
  expect(hashesOf(engine, root).exec).not.toBe(before.exec);
});
