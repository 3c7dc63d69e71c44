import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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
});
