import { join } from "node:path";
import { expect, test } from "vitest";
import { elsewhereThan, notWritable } from "../../src/disk/not-writable.ts";
import { removeTree } from "../../src/disk/remove-tree.ts";
import { temporaryFolder } from "../../src/disk/temporary-folder.ts";

const failed = (code: string) => Object.assign(new Error(code), { code });
const hints = (path: string) =>
  ["ENOSPC", "EACCES"].map((code) => notWritable(path, failed(code)).hint);

test("a full disk, or one that is closed, names the option of that very folder", async () => {
  const folder = await temporaryFolder("model-to-edge-full-");
  await removeTree(folder);
  elsewhereThan("/work/got", "another folder");

  expect(hints("/work/got/edge/x")).toEqual([
    "free some space on the disk of that file, or choose another folder",
    "choose another folder, or change its permissions",
  ]);
  expect(hints(join(folder, "model/x"))).toEqual([
    expect.stringMatching(/another temporary folder with TMPDIR$/),
    expect.stringMatching(/^choose another temporary folder with TMPDIR/),
  ]);
  expect(hints("/work/out/plan.json")).toEqual([
    expect.stringMatching(/another folder with `--out`$/),
    expect.stringMatching(/^choose another folder with `--out`/),
  ]);
});
