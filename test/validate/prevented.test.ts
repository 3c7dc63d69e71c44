import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getuid } from "node:process";
import { afterAll, describe, expect, test } from "vitest";
import { nullUnlessPrevented, orPrevented } from "../../src/machine-fault.ts";
import { levelFolder } from "../support/detector-levels.ts";
import { folderOf } from "../support/model-folder.ts";

const CLI = join(process.cwd(), "dist/cli.js");
const hasPrlimit = spawnSync("prlimit", ["--version"]).status === 0;

interface Answer {
  code: number | null;
  /** Standard output and error. */
  said: string;
}

function answer(
  command: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Answer {
  const { status, stdout, stderr } = spawnSync(command, words, {
    encoding: "utf8",
    timeout: 300_000,
    env: { ...process.env, ...env },
  });

  return { code: status, said: `${stdout}${stderr}` };
}

const systemError = (code: string) =>
  Object.assign(new Error(`${code}: no`), { code });

describe("what the machine prevents is no verdict", () => {
  test.runIf(hasPrlimit)(
    "whatever number of files may be open once node has started",
    { timeout: 200_000 },
    async () => {
      const folder = await levelFolder({});
      const answers = [22, 24, 26, 28, 30, 34, 38, 42, 64].map((files) => ({
        files,
        ...answer("prlimit", [
          `--nofile=${files}`,
          process.execPath,
          ...[CLI, "validate", folder],
        ]),
      }));

      const [right] = answers.slice(-1);
      expect(right?.code, right?.said).toBe(0);
      for (const { files, code, said } of answers)
        if (code !== 0)
          expect([files, code, said]).toEqual([
            files,
            3,
            expect.stringContaining("too many files are open"),
          ]);
      expect(answers.some(({ code }) => code === 3)).toBe(true);
    },
  );

  const disk = smallDisk();
  afterAll(() => {
    if (disk === null) return;
    spawnSync("umount", [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  test.runIf(disk)("a temporary folder that is full", async () => {
    const full = disk ?? "";
    const { bavail, bsize } = statfsSync(full);
    writeFileSync(join(full, "full"), Buffer.alloc(bavail * bsize));

    const words = [CLI, "validate", await levelFolder({})];
    const { code, said } = answer(process.execPath, words, { TMPDIR: full });

    expect(said).toContain("the disk is full");
    expect(said).toContain("hint: free some space");
    expect(code).toBe(3);
  });

  test("a model that is not there, or is not a file, is still the folder's fault", async () => {
    const { code } = answer(process.execPath, [CLI, "validate", "/nowhere"]);
    const empty = await folderOf({});

    expect(code).toBe(2);
    expect(answer(process.execPath, [CLI, "validate", empty]).code).toBe(2);
  });

  test("errors of files are told apart from what the machine lacks", async () => {
    expect(nullUnlessPrevented(systemError("ENOENT"))).toBeNull();
    expect(() => nullUnlessPrevented(systemError("EMFILE"))).toThrow("EMFILE");

    const failing = (code: string) =>
      orPrevented("the model could not be checked", () =>
        Promise.reject(systemError(code)),
      );
    await expect(failing("ENOSPC")).rejects.toMatchObject({
      exitCode: 3,
      code: "disk-full",
      message: "the model could not be checked: the disk is full",
    });
    await expect(failing("ENOENT")).rejects.toThrow("ENOENT");
  });
});

/** A disk of a few pages, or null where it cannot be mounted. */
function smallDisk(): string | null {
  if (getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), "small-disk-"));
  const words = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder];
  if (spawnSync("mount", words).status === 0) return folder;

  rmSync(folder, { recursive: true });
  return null;
}
