import {
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

/** Whatever a run, a plan or a landing would clear, beside the models of a branch of that name. */
const PRECIOUS = ["models/det/files/w", "report/note.md", "plan.json"];

const listed = (root: string) =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();

it.each<[string, (store: ToyStore) => string]>([
  ["is it", ({ root }) => join(root, "store")],
  ["lies in it", ({ branch }) => branch],
  ["is to be made in it", ({ branch }) => join(branch, "model/det/out")],
  ["contains it", ({ root }) => root],
  [
    "is a link to it",
    ({ root }) => {
      symlinkSync(join(root, "store"), join(root, "link"));
      return join(root, "link");
    },
  ],
  [
    "lies in it by way of a link",
    ({ root, branch }) => {
      symlinkSync(branch, join(root, "link"));
      return join(root, "link/new");
    },
  ],
])(
  "an output folder that %s is refused, and nothing is removed or written",
  {
    timeout: 60_000,
  },
  async (_what, place) => {
    const store = toyStore();
    const out = place(store);
    for (const folder of [store.root, join(store.root, "store"), store.branch])
      for (const path of PRECIOUS) {
        mkdirSync(join(folder, path, ".."), { recursive: true });
        writeFileSync(join(folder, path), "precious");
      }
    const before = listed(store.root);
    const options = ["--store", store.url, "--model-branch", "main"];
    const { cwd } = store;

    for (const args of [
      ["run", "--isolation", "none", ...options, "--out", out],
      ["plan", ...options, "--out", out],
      ["land", "--store", store.url, "--out", out],
      ["promote", "--model", "det", "--to", "file:///nowhere", "--out", out],
      ["catalogue", ...options, "--out", out],
    ]) {
      const env = { MODEL_TO_EDGE_STORE: store.url };
      const { code, stdout } = await commandLine(args, { cwd, env });
      expect({ args, code, stdout }).toMatchObject({
        code: 2,
        stdout: expect.stringMatching(/--out is the folder .*the store file:/),
      });
      expect(listed(store.root)).toEqual(before);
    }
  },
);

it("fetch puts nothing into the store that it reads", async () => {
  const store = toyStore();
  expect((await store.run()).code).toBe(0);
  const target = join(store.branch, "model/new");
  const { code, stdout } = await commandLine(
    ["fetch", `${store.url}/main/det`, target],
    { cwd: store.cwd },
  );
  expect({ code, stdout }).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("lies in the store"),
  });
  expect(store.exists("model/new")).toBe(false);
});

it("a folder beside the store whose name begins like it is apart", async () => {
  const store = toyStore();
  const args = ["--out", join(store.root, "store-out")];
  expect((await store.run(args)).code).toBe(0);
});
