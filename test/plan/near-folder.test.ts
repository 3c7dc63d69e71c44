import { expect, test } from "vitest";
import { nearFolder } from "../../src/plan/near-folder.ts";
import type { StoreObject } from "../../src/store/store.ts";
import { toyStore } from "../support/toy-store.ts";

const branch = (...paths: string[]) => ({
  async *list(prefix: string): AsyncGenerator<StoreObject> {
    for (const path of paths.sort())
      if (path.startsWith(prefix)) yield { path, size: 1, token: "t" };
  },
});

test.each([
  ["model", "models/det/w.pth", "models"],
  ["model", "Model/det/w.pth", "Model"],
  ["model", "MODEL/w.pth", "MODEL"],
  ["model", "mdoel/w.pth", "mdoel"],
  ["ml/model", "ml/models/w.pth", "ml/models"],
  ["model", "media/w.pth", null],
  ["model", "models", null],
  ["model", "edge/models/w.pth", null],
])("for %s, %s is taken for %s", async (path, there, near) => {
  expect(await nearFolder(branch(there, "README.md"), path)).toBe(near);
});

test("no more than a thousand objects are looked at", async () => {
  let seen = 0;
  const endless = {
    async *list(prefix: string): AsyncGenerator<StoreObject> {
      for (; prefix === "m"; seen++)
        yield { path: `media/${seen}`, size: 1, token: "t" };
    },
  };
  expect(await nearFolder(endless, "model")).toBeNull();
  expect(seen).toBeLessThan(1_001);
});

test("a run names the folder that stands in the place of model/", async () => {
  const store = toyStore({});
  store.write("Models/det/model.json", "{}");
  const { code, stdout } = await store.run();
  expect({ code, stdout }).toMatchObject({
    code: 2,
    stdout: expect.stringContaining(
      "there is a folder Models/: rename it to model/, or give its name with `--model-path Models`",
    ),
  });
});
