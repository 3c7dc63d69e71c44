import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { goodAndOdd, toyStore } from "../support/toy-store.ts";

/** A store that the job's user may not read: tried as another user, for root may read all. */
const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)("files of mode 000", () => {
  it.each([
    ["a file", "model/odd/toy.weights"],
    ["a folder", "model/odd/samples"],
    ["the model's folder", "model/odd"],
    ["its conversion.yaml", "model/odd/conversion.yaml"],
  ])("%s costs that model only", async (_, path) => {
    const store = toyStore({ good: {}, odd: {} });
    store.write("model/odd/samples/x.json", "[1, 2, 3, 4]");
    store.write("model/odd/conversion.yaml", "version: 1\n");
    execFileSync("chown", ["-R", "65534:65534", store.root]);
    chmodSync(store.root, 0o755);
    chmodSync(join(store.branch, path), 0);

    const run = await store.run(["--publish", "passed"], { user: 65534 });
    expect(goodAndOdd(store, run)).toEqual({
      code: 2,
      good: true,
      odd: expect.stringMatching(/EACCES/),
    });
  });

  it.each([
    ["the branch", "store/main", /store\/main\/.+ may not be used/],
    ["its models", "store/main/model", /model cannot be read/],
    ["the store", "store", /store\/.+ may not be used/],
    ["our folder", "store/.model-to-edge", /model-to-edge\/.+ may not be used/],
    [
      "what is published",
      "store/.model-to-edge/publications",
      /publications\/.+ may not be used/,
    ],
  ])(
    "%s ends the run as the user's to change, and the reports say so",
    async (_, path, says) => {
      const store = toyStore();
      execFileSync("chown", ["-R", "65534:65534", store.root]);
      chmodSync(store.root, 0o755);
      expect((await store.run([], { user: 65534 })).code).toBe(0);

      const before = store.edge();
      chmodSync(join(store.root, path), 0);
      const { code, stdout } = await store.run([], { user: 65534 });
      chmodSync(join(store.root, path), 0o755);
      expect({ code, stdout }).toEqual({
        code: 2,
        stdout: expect.stringMatching(says),
      });
      expect(stdout).toContain("EACCES");
      expect(stdout).not.toMatch(/bug|\n +at /);
      expect(readFileSync(junit(store), "utf8")).toMatch(says);
      expect(store.edge()).toEqual(before);
    },
  );
});

const junit = ({ cwd }: { cwd: string }) =>
  join(cwd, "model-to-edge-out/report/junit.xml");

it("a command in a folder that was removed is the user's to change, and no red verdict", async () => {
  const { cwd } = toyStore();
  const run = await commandLine(["run"], {
    cwd,
    before: [
      "sh",
      "-c",
      'mkdir gone && cd gone && rmdir ../gone && exec "$@"',
      "sh",
    ],
  });
  expect(run).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/was removed\nhint: .*cd/),
  });
});
