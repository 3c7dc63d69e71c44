import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { notWritable, writtenBelow } from "../../src/disk/not-writable.ts";
import {
  OTHER_TEMPORARY,
  withTemporaryFolder,
} from "../../src/disk/temporary-folder.ts";
import type { AppError } from "../../src/errors.ts";

const failed = (code: string) => Object.assign(new Error(code), { code });

/** Hints for a full disk and a closed folder, as whoever writes in `folder` gets them. */
const hints = (path: string, folder: string, other: string) =>
  Promise.all(
    ["ENOSPC", "EACCES"].map(async (code) => {
      const work = () => Promise.reject(notWritable(path, failed(code)));
      const error = await writtenBelow({ folder, other }, work).catch(
        (reason: AppError) => reason,
      );
      return (error as AppError).hint;
    }),
  );

test("a full disk, or one that is closed, names the option of that very folder", async () => {
  const got = ["/work/got", "another folder"] as const;

  expect(await hints("/work/got/edge/x", ...got)).toEqual([
    "free some space on the disk of that file, or choose another folder",
    "choose another folder, or change its permissions",
  ]);
  expect(await hints("/work/out/plan.json", ...got)).toEqual([
    expect.stringMatching(/another folder with `--out`$/),
    expect.stringMatching(/^choose another folder with `--out`/),
  ]);
});

test("the innermost folder is named, and a place that names its own stays", async () => {
  const outer = { folder: "/", other: "another disk" };
  const inTemporary = withTemporaryFolder("model-to-edge-full-", (folder) =>
    Promise.reject(notWritable(join(folder, "x"), failed("ENOSPC"))),
  );

  await expect(writtenBelow(outer, () => inTemporary)).rejects.toMatchObject({
    hint: expect.stringContaining(`or choose ${OTHER_TEMPORARY}`),
  });
  const named = notWritable("/x", failed("EROFS"), "another file");
  await expect(writtenBelow(outer, () => Promise.reject(named))).rejects.toBe(
    named,
  );
});

test("a temporary folder is gone afterwards, also after an error", async () => {
  let place = "";
  const work = withTemporaryFolder("model-to-edge-gone-", async (folder) => {
    place = folder;
    await writeFile(join(folder, "x"), "");
    throw new Error("no");
  });

  await expect(work).rejects.toThrow("no");
  await expect(writeFile(join(place, "x"), "")).rejects.toThrow(/ENOENT/);
});
