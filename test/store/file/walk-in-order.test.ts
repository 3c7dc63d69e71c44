import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { walkFiles } from "../../../src/store/file/walk.ts";
import { walkInOrder } from "../../../src/store/file/walk-in-order.ts";
import { byteOrder } from "../../../src/store/paths.ts";

function made(files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-walk-"));
  for (const file of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
  return folder;
}

async function walked(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of walkInOrder(folder, "edge", folder))
    paths.push(path);
  return paths;
}

describe("a walk in order", () => {
  test("finds what the other finds, in the order of object stores", async () => {
    const folder = made([
      ...["a/x", "a/b/c", "a/b.json", "a-b/x", "a.json", "a0/x", "b", "é/x"],
      ..."\u{1f600}/x \uffee/x a/b-/x".split(" "),
    ]);
    symlinkSync(join(folder, "a"), join(folder, "a!"));
    symlinkSync(join(folder, "b"), join(folder, "a/link"));

    const paths = await walked(folder);
    const found = await walkFiles(folder, "edge", folder);
    expect(paths).toEqual(found.map(({ path }) => path).sort(byteOrder));
    expect(paths).toContain("edge/a!/b/c");
  });

  test("comes by one file, and by nothing", async () => {
    const folder = made(["x"]);
    expect(await walked(join(folder, "x"))).toEqual(["edge"]);
    expect(await walked(join(folder, "missing"))).toEqual([]);
  });

  test("refuses what is no file when it comes by", async () => {
    const folder = made(["a/x"]);
    symlinkSync("nowhere", join(folder, "b"));
    const walk = walkInOrder(folder, "edge", folder);
    expect((await walk.next()).value?.path).toBe("edge/a/x");
    await expect(walk.next()).rejects.toThrow("edge/b it is a dangling link");
  });
});
