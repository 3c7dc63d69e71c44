import {
  chmodSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contentOf, outputProblem } from "../../src/engine/measure-output.ts";
import { temporaryFolder } from "../child/children.ts";

const LIMITS = { files: 5, depth: 2, gigabytes: 0.001 };
const NOTHING = { files: 0, bytes: 0 };

function folderWith(make: (folder: string) => void): string {
  const folder = temporaryFolder();
  make(folder);
  return folder;
}

const files = (count: number) => (folder: string) => {
  for (let index = 0; index < count; index++)
    writeFileSync(join(folder, `f${index}`), "x");
};

describe("what an engine's process left", () => {
  it.each<[string, string | null, (folder: string) => void]>([
    ["as many files as it may", null, files(5)],
    [
      "one file too many",
      "more than 5 files and folders (limits.files)",
      files(6),
    ],
    [
      "folders as deep as they may be",
      null,
      (folder) => mkdirSync(join(folder, "a/b"), { recursive: true }),
    ],
    [
      "a folder too deep",
      "folders deeper than 2 (limits.depth)",
      (folder) => mkdirSync(join(folder, "a/b/c"), { recursive: true }),
    ],
    [
      "a hole that is too large",
      "files of more than 0.001 GB (limits.gigabytes)",
      (folder) => {
        writeFileSync(join(folder, "hole"), "");
        truncateSync(join(folder, "hole"), 1_000_001);
      },
    ],
    [
      "files that are too large together",
      "files of more than 0.001 GB (limits.gigabytes)",
      (folder) => {
        for (const name of ["a", "b"])
          writeFileSync(join(folder, name), Buffer.alloc(600_000));
      },
    ],
    ["a link out of it", null, (folder) => symlinkSync("/", join(folder, "l"))],
    [
      "a folder that nobody may enter",
      "a folder that its owner cannot enter",
      (folder) => {
        mkdirSync(join(folder, "closed"));
        chmodSync(join(folder, "closed"), 0);
      },
    ],
    [
      "a name that is not UTF-8",
      "a name that is not UTF-8 (ENOENT)",
      (folder) =>
        writeFileSync(
          Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]),
          "",
        ),
    ],
  ])("%s: %s", async (_, problem, make) => {
    const folder = folderWith(make);
    expect(await outputProblem(folder, LIMITS, NOTHING, "ended")).toBe(problem);
  });

  it("is not what lay there before", async () => {
    const folder = folderWith(files(5));
    const before = await contentOf(folder);
    expect(before).toEqual({ files: 5, bytes: 5 });
    for (const name of ["a", "b", "c", "d", "e"])
      writeFileSync(join(folder, name), "");
    expect(await outputProblem(folder, LIMITS, before, "ended")).toBeNull();
    writeFileSync(join(folder, "more"), "");
    expect(await outputProblem(folder, LIMITS, before, "running")).toContain(
      "limits.files",
    );
  });

  it("is looked at without complaint while it is still written", async () => {
    const folder = folderWith((root) => {
      mkdirSync(join(root, "closed"));
      chmodSync(join(root, "closed"), 0);
    });
    expect(await outputProblem(folder, LIMITS, NOTHING, "running")).toBeNull();
  });
});
