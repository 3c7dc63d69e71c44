import {
  chmodSync,
  chownSync,
  mkdirSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  enginesFolder,
  makeEnginesFolder,
} from "../../src/engine/engines-folder.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { temporaryFolder } from "../child/children.ts";

const isRoot = process.getuid?.() === 0;
const cache = "/home/somebody/.cache/model-to-edge";

it("is a place that everybody can read as root, and else the cache", () => {
  const ctx = { cache, environment: readEnvironment({}) };
  expect(enginesFolder(ctx)).toBe(
    isRoot ? "/var/lib/model-to-edge/engines" : `${cache}/engines`,
  );
});

it("is the cache that was named", () => {
  const environment = readEnvironment({ MODEL_TO_EDGE_CACHE: "/named" });
  expect(enginesFolder({ cache: "/named", environment })).toBe(
    "/named/engines",
  );
});

describe.skipIf(!isRoot)("the folder of engines of root", () => {
  it("is made so that others can read and not write it, whatever the umask", async () => {
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    const folder = join(temporaryFolder(), "state/engines");
    await makeEnginesFolder(folder);
    await makeEnginesFolder(folder);
    for (const path of [folder, join(folder, "..")])
      expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  it.each<[string, (folder: string) => void]>([
    ["others may write to", (folder) => chmodSync(folder, 0o777)],
    ["the group may write to", (folder) => chmodSync(folder, 0o775)],
    ["belongs to another user", (folder) => chownSync(folder, 1234, 1234)],
  ])("is refused where it %s", async (_, spoil) => {
    for (const spoilt of ["state", "state/engines"]) {
      const root = temporaryFolder();
      mkdirSync(join(root, "state/engines"), { recursive: true });
      spoil(join(root, spoilt));
      await expect(
        makeEnginesFolder(join(root, "state/engines")),
      ).rejects.toMatchObject({
        exitCode: 2,
        code: "engines-folder",
        message: expect.stringContaining(join(root, spoilt)),
      });
    }
  });

  it("is refused where it is a link", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "state"));
    symlinkSync(temporaryFolder(), join(root, "state/engines"));
    await expect(
      makeEnginesFolder(join(root, "state/engines")),
    ).rejects.toMatchObject({ code: "engines-folder" });
  });
});
