import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { changedFile } from "../../src/convert/changed-output.ts";
import { layOut } from "../../src/convert/lay-out.ts";
import { withPrivatePlace } from "../../src/convert/private-place.ts";
import { modelFolders } from "../../src/convert/workspace.ts";
import { removeTree } from "../../src/disk/remove-tree.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "private-place-test-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Deeper than any path that a call takes: 40 folders of 200 letters. */
function deepTree(root: string): void {
  const program = [
    "import os, sys",
    "os.chdir(sys.argv[1])",
    "for _ in range(40): os.mkdir('d' * 200); os.chdir('d' * 200)",
    "open('file', 'w').write('x')",
  ];
  execFileSync("python3", ["-c", program.join("\n"), root]);
}

describe("a private place", () => {
  it("is nobody else's to list or write, and is gone afterwards", async () => {
    const seen = await withPrivatePlace(async (place) => {
      writeFileSync(join(place, "x"), "x");
      return { place, mode: statSync(place).mode & 0o777 };
    });
    expect(seen.mode).toBe(0o711);
    expect(existsSync(seen.place)).toBe(false);
  });

  it.each(["/proc", "/nonexistent/folder"])(
    "names TMPDIR where %s cannot hold it",
    async (parent) => {
      const before = process.env.TMPDIR;
      process.env.TMPDIR = parent;
      try {
        await expect(withPrivatePlace(async () => null)).rejects.toMatchObject({
          code: "temporary-folder",
          hint: expect.stringContaining("TMPDIR"),
        });
      } finally {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      }
    },
  );

  it("is gone also after a failure, and whatever foreign code made in it", async () => {
    let made = "";
    const work = withPrivatePlace(async (place) => {
      made = place;
      deepTree(place);
      mkdirSync(join(place, "closed"));
      chmodSync(join(place, "closed"), 0o000);
      throw new Error("after that");
    });
    await expect(work).rejects.toThrow("after that");
    expect(existsSync(made)).toBe(false);
  });

  it("is refused below a folder that others may change", async () => {
    const open = folder();
    chmodSync(open, 0o777);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = open;
    onTestFinished(() => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    });
    await expect(withPrivatePlace(async () => 1)).rejects.toMatchObject({
      code: "temporary-folder",
      message: expect.stringContaining(open),
    });
  });

  it("can be removed although no path is long enough to name all of it", async () => {
    const root = folder();
    deepTree(root);
    await removeTree(root);
    expect(existsSync(root)).toBe(false);
  });

  it("can be removed where no process can be started", async () => {
    const root = folder();
    mkdirSync(join(root, "a/b"), { recursive: true });
    writeFileSync(join(root, "a/b/file"), "x");
    vi.stubEnv("PATH", folder());
    onTestFinished(() => void vi.unstubAllEnvs());
    await removeTree(root);
    expect(existsSync(root)).toBe(false);
  });
});

describe("laying out", () => {
  const FILES = [{ role: "model", path: "m.onnx" }];
  const SIGNAL = new AbortController().signal;

  it("copies into new files: who holds the old one open changes nothing", async () => {
    const [output, out] = [folder(), folder()];
    writeFileSync(join(output, "m.onnx"), "proved");
    const folders = modelFolders(out, "det");
    expect(await layOut(FILES, { output, folders }, SIGNAL)).toBeNull();
    writeFileSync(join(output, "m.onnx"), "swapped");
    expect(readFileSync(join(folders.files, "m.onnx"), "utf8")).toBe("proved");
    expect(statSync(join(folders.files, "m.onnx")).ino).not.toBe(
      statSync(join(output, "m.onnx")).ino,
    );
  });

  it.each<[string, (path: string) => void]>([
    ["a link", (path) => symlinkSync("/etc/hostname", path)],
    [
      "a hard link",
      (path) => {
        writeFileSync(`${path}-other`, "x");
        linkSync(`${path}-other`, path);
      },
    ],
    ["a folder", (path) => mkdirSync(path)],
  ])("takes no %s", async (_, make) => {
    const output = folder();
    make(join(output, "m.onnx"));
    const folders = modelFolders(folder(), "det");
    expect(await layOut(FILES, { output, folders }, SIGNAL)).toBe("m.onnx");
  });
});

it("a file that is another one afterwards is named", () => {
  const before = [
    { path: "a", place: "edge", sha256: "1" },
    { path: "b", place: "edge", sha256: "2" },
  ];
  const added = { path: "c", place: "evidence", sha256: "3" };
  expect(changedFile(before, [...before, added])).toBeNull();
  expect(
    changedFile(before, [before[0] ?? added, { ...added, path: "b" }]),
  ).toBe("b");
  expect(changedFile(before, [{ path: "a", place: "edge", sha256: "9" }])).toBe(
    "a",
  );
});
