import {
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isWrittenInOut } from "../../src/commands/run/clear-output.ts";
import { keyPair } from "../attest/signing.ts";
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
  [
    "contains it under a name that a run clears",
    ({ root, branch }) => {
      renameSync(join(root, "store"), join(root, "models"));
      symlinkSync(join(root, "models"), join(root, "store"));
      return join(branch, "../..");
    },
  ],
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
  for (const folder of ["model/new", "model/new/below"]) {
    const target = join(store.branch, folder);
    const { code, stdout } = await commandLine(
      ["fetch", `${store.url}/main/det`, target],
      { cwd: store.cwd },
    );
    expect({ code, stdout }).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("lies in the store"),
    });
    expect(store.exists("model/new")).toBe(false);
  }
});

it("diff writes nothing into the store that it reads, and says so before it fetches", async () => {
  const store = toyStore();
  expect((await store.run()).code).toBe(0);
  // What would be told of it, once it was fetched.
  store.write("edge/det/end2end.onnx", "other bytes");
  const place = `${store.url}/main/det`;
  const out = join(store.branch, "model/det");
  const { code, stdout } = await commandLine(
    ["diff", place, place, "--out", out],
    { cwd: store.cwd },
  );
  expect([code, stdout]).toEqual([
    2,
    expect.stringMatching(/--out is the folder .*, which lies in the store/),
  ]);
  expect(readdirSync(out).sort()).toEqual(["model.json", "toy.weights"]);
});

it("verify hashes nothing inside of the store", async () => {
  const store = toyStore();
  const { url, branch } = store;
  expect((await store.run()).code).toBe(0);
  const args = ["verify", url, "--model-branch", "main", "--key", "k.pem"];
  writeFileSync(join(branch, "model/det/k.pem"), keyPair().publicKey);
  const { code, stdout } = await commandLine(args, {
    cwd: join(branch, "model/det"),
  });
  expect([code, stdout]).toEqual([
    2,
    expect.stringMatching(/the output folder is the folder .* lies in/),
  ]);
});

it("a folder around the store is taken where nothing of the store is touched", async () => {
  const store = toyStore();
  expect((await store.run(["--out", store.root])).code).toBe(0);
  const names = readdirSync(store.root).filter(
    (name) => !["store", "work"].includes(name),
  );
  expect(names).toContain("models");
  expect(names.filter((name) => !isWrittenInOut(name))).toEqual([]);
  expect(store.exists("edge/det/manifest.json")).toBe(true);
});

it("a folder beside the store whose name begins like it is apart", async () => {
  const store = toyStore();
  const args = ["--out", join(store.root, "store-out")];
  expect((await store.run(args)).code).toBe(0);
});
