import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";

describe("a model's folder with a name of ours", () => {
  it("a folder `model` beside others is refused, for it would be published among them", async () => {
    const store = toyStore({ good: {}, model: {} });
    const run = await store.run(["--publish", "passed"]);
    expect(run.code, run.stdout).toBe(2);
    expect(
      store.summary().models.map(({ name, ships }) => [name, ships]),
    ).toEqual([
      ["good", true],
      ["model", false],
    ]);
    expect(store.summary().models[1]?.sentence).toMatch(
      /^Its name stands for a model that lies directly in model\/:/,
    );
    expect(Object.keys(store.edge())).toContain("good/manifest.json");
    expect(Object.keys(store.edge())).not.toContain("manifest.json");
  });

  it("a model's folder may have the name of a file of ours, or a twin in capitals or in another form of Unicode: both are told, and fetched where the disk keeps them apart", async () => {
    const names = [
      "manifest.json",
      "index.json",
      "edge",
      "Det",
      "det",
      "caf\u00e9",
      "cafe\u0301",
    ];
    const store = toyStore(Object.fromEntries(names.map((name) => [name, {}])));
    const run = await store.run();
    expect(run.code, run.stdout).toBe(0);
    const manifests = names.map(
      (name) => store.manifest(`edge/${name}/manifest.json`).name,
    );
    expect(manifests).toEqual(names);
    expect(store.summary().notices).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Det, det: names of models that differ only in/),
        expect.stringMatching(
          /^cafe\u0301 \(U\+0065 U\+0301\), caf\u00e9 \(U\+00E9\): names of models that/,
        ),
      ]),
    );

    const hook = resolve("test/fixtures/children/one-name.mjs");
    const fetched = await commandLine(["fetch", `${store.url}/main/`, "got"], {
      cwd: store.cwd,
      env: { NODE_OPTIONS: `--import=${hook}` },
    });
    expect(fetched.code, fetched.stdout).toBe(2);
    expect(fetched.stdout).toMatch(
      /edge\/cafe\u0301\/\S+ \(U\+0065 U\+0301\) and edge\/caf\u00e9\/\S+ \(U\+00E9\) are one file on this machine/,
    );
    expect(existsSync(join(store.cwd, "got"))).toBe(false);
  });
});
