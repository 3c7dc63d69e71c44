import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { type GitCheckout, gitCheckout } from "../support/git-checkout.ts";
import { GOOD_WEIGHTS, type ToyStore, toyStore } from "../support/toy-store.ts";

const GIT = ["--code-from", "git"];
const CONFIG = JSON.stringify({ channels: 4 });
/** What a store pusher would have run: the toy engine does what its configuration says. */
const HOSTILE = JSON.stringify({ channels: 4, misbehave: "wrong-weights" });

/** Weights in the store, the configuration in Git. */
function world(models: string[] = ["det"]): {
  store: ToyStore;
  checkout: GitCheckout;
  commit: string;
} {
  const store = toyStore({});
  const checkout = gitCheckout(store.cwd);
  for (const name of models) {
    store.write(`model/${name}/toy.weights`, GOOD_WEIGHTS);
    checkout.write(`model/${name}/model.json`, CONFIG);
  }
  return { store, checkout, commit: checkout.commit() };
}

const note = (store: ToyStore) =>
  readFileSync(join(store.cwd, "model-to-edge-out/report/note.md"), "utf8");

describe("code from Git", () => {
  it("ships; plan, manifest, summary and note say where the code came from", async () => {
    const { store, commit } = world();
    const run = await store.run(GIT);
    expect({ code: run.code, log: run.stdout + run.stderr }).toMatchObject({
      code: 0,
    });

    const file = { role: "config", path: "model.json", size: 14 };
    expect(store.manifest("edge/det/manifest.json").code).toMatchObject({
      folder: "model/det",
      files: [file],
    });
    expect(store.summary().models[0]?.code).toEqual({
      folder: "model/det",
      commit,
    });
    const plan = join(store.cwd, "model-to-edge-out/plan.json");
    expect(JSON.parse(readFileSync(plan, "utf8")).models[0].code).toMatchObject(
      { commit, folder: "model/det", files: [file] },
    );
    expect(note(store)).toContain("code from Git (`model/det/` of");

    expect((await store.run(GIT)).code).toBe(0);
    expect(store.summary().models[0]).toMatchObject({ status: "unchanged" });
  });

  it("does not use what the store has of it, and says so", async () => {
    const { store } = world();
    store.write("model/det/model.json", HOSTILE);
    expect((await store.run(GIT)).code).toBe(0);
    expect(store.summary().notices.join()).toContain(
      "model.json of the store is not used",
    );
    expect(
      store.manifest("edge/det/manifest.json").inputs.map(({ path }) => path),
    ).toEqual(["model/det/toy.weights"]);
  });

  it("converts anew when a file of Git changes, and when its code came from the store before", async () => {
    const { store, checkout } = world();
    store.write("model/det/model.json", CONFIG);
    await store.run();
    expect(store.manifest("edge/det/manifest.json").code).toBeUndefined();

    await store.run(GIT);
    expect(store.summary().models[0]).toMatchObject({ status: "converted" });

    checkout.write("model/det/model.json", `${CONFIG} `);
    checkout.commit();
    await store.run(GIT);
    expect(store.summary().models[0]).toMatchObject({ status: "converted" });
  });

  it("takes a folder that conversion.yaml of Git names, for that model alone", async () => {
    const { store, checkout } = world([]);
    store.write("model/det/toy.weights", GOOD_WEIGHTS);
    store.write("model/old/toy.weights", GOOD_WEIGHTS);
    store.write("model/old/model.json", CONFIG);
    checkout.write("code of all/toy/model.json", CONFIG);
    checkout.write(
      "conversion.yaml",
      "version: 1\nmodels:\n  det:\n    code: code of all/toy\n",
    );
    checkout.commit();
    expect((await store.run()).code).toBe(0);
    expect(store.manifest("edge/det/manifest.json").code?.folder).toBe(
      "code of all/toy",
    );
    expect(store.manifest("edge/old/manifest.json").code).toBeUndefined();
  });

  it("explain compares Git's files with those of the verdict", async () => {
    const { store, checkout } = world();
    await store.run(GIT);
    checkout.write("model/det/model.json", `${CONFIG}\n`);
    checkout.commit();
    const args = ["explain", "det", "--store", store.url, ...GIT];
    const { stdout } = await commandLine([...args, "--model-branch", "main"], {
      cwd: store.cwd,
    });
    expect(stdout).toContain("≠ Git: model/det/model.json");
  });
});

type Change = (checkout: GitCheckout, store: ToyStore) => void;

const REFUSED: [what: string, code: string, change: Change][] = [
  [
    "a folder that Git does not have",
    "code-missing",
    (checkout) => {
      checkout.git("rm", "--quiet", "-r", "model");
      checkout.commit();
    },
  ],
  [
    "a file that is not committed",
    "code-missing",
    (checkout) => {
      checkout.git("rm", "--quiet", "-r", "model");
      checkout.commit();
      checkout.write("model/det/model.json", HOSTILE);
    },
  ],
  [
    "a change that is not committed",
    "code-not-committed",
    (checkout) => {
      checkout.write("model/det/model.json", HOSTILE);
    },
  ],
  [
    "a file that is gone from the checkout",
    "code-not-committed",
    (_, store) => {
      rmSync(join(store.cwd, "model/det/model.json"));
    },
  ],
  [
    "a link",
    "code-no-file",
    (checkout, store) => {
      rmSync(join(store.cwd, "model/det/model.json"));
      symlinkSync(
        join(store.branch, "model/det/toy.weights"),
        join(store.cwd, "model/det/model.json"),
      );
      checkout.commit();
    },
  ],
  [
    "options in the store",
    "config-unreviewed",
    (_, store) => {
      store.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults:\n  toy: { opset: 13 }\n",
      );
    },
  ],
  [
    "an engine in the store",
    "config-unreviewed",
    (_, store) => {
      store.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults:\n  engine: toy\n",
      );
    },
  ],
  [
    "another configuration, named in the store",
    "config-unreviewed",
    (_, store) => {
      store.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults:\n  files: { config: other.json }\n",
      );
    },
  ],
  [
    "a folder of code, named in the store",
    "config-unreviewed",
    (_, store) => {
      store.write(
        "model/det/conversion.yaml",
        "version: 1\ndefaults:\n  code: other\n",
      );
    },
  ],
];

describe("code from Git refuses, and costs that model alone", () => {
  it.each(REFUSED)("%s: %s", async (_, code, change) => {
    const { store, checkout } = world();
    store.write("model/good/toy.weights", GOOD_WEIGHTS);
    checkout.write(
      "conversion.yaml",
      "version: 1\nmodels:\n  good:\n    code: good\n",
    );
    checkout.write("good/model.json", CONFIG);
    checkout.commit();
    change(checkout, store);

    const run = await store.run([...GIT, "--publish", "passed"]);
    const { models } = store.summary();
    expect({
      code: run.code,
      reasons: models.map(({ reasons }) => reasons.map((each) => each.code)),
    }).toEqual({
      code: 2,
      reasons: [[code], []],
    });
    expect(store.exists("edge/good/manifest.json")).toBe(true);
  });

  it("ends where there is no checkout", async () => {
    const store = toyStore();
    const run = await store.run(GIT);
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain("no commit is checked out here");
  });
});
