import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  digestAside,
  readDigested,
  writeDigested,
} from "../../src/store/digest-files.ts";
import { giveBack, SHARED, takeBytes } from "../../src/store/shared-bytes.ts";

const digestOf = (bytes: Uint8Array) => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  parts: [createHash("md5").update(bytes).digest("hex")],
});
function filled(content: Uint8Array) {
  const bytes = takeBytes(content.length);
  bytes.set(content);
  return bytes;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "digest-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

// In the main thread, and in the one beside it.
describe.each([0, 3, 65_536, 65_537, 2_000_003])("%i bytes", (size) => {
  test("are read and digested", async () => {
    const content = randomBytes(size);
    const file = join(folder, `read-${size}`);
    await writeFile(file, content);
    const bytes = takeBytes(size);
    const digest = await readDigested(file, bytes);
    expect(digest).toEqual(digestOf(content));
    expect(Buffer.compare(bytes, content)).toBe(0);
  });

  test("are written anew and digested", async () => {
    const content = randomBytes(size);
    const expected = digestOf(content);
    const file = join(folder, `write-${size}`);
    await writeFile(file, "x".repeat(size + 1));
    const digest = await writeDigested(file, filled(content));
    expect(digest).toEqual(expected);
    expect(Buffer.compare(await readFile(file), content)).toBe(0);
  });

  test("on the disk are digested", async () => {
    const content = randomBytes(size);
    const file = join(folder, `digest-${size}`);
    await writeFile(file, content);
    expect(await digestAside(file, size)).toEqual(digestOf(content));
    await expect(digestAside(file, size + 1)).rejects.toThrow(
      /changed while it was read/,
    );
  });

  test("that cannot be read or written are said with the system's code", async () => {
    const none = join(folder, "none", "file");
    await expect(readDigested(none, takeBytes(size))).rejects.toMatchObject({
      code: "ENOENT",
    });
    await expect(writeDigested(none, takeBytes(size))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});

test.each([
  ["shorter", 99_999],
  ["longer", 100_001],
])("a file that is %s than it was is not read", async (_, size) => {
  const file = join(folder, "changed");
  await writeFile(file, randomBytes(size));
  await expect(readDigested(file, takeBytes(100_000))).rejects.toThrow(
    /changed while it was read/,
  );
});

test("memory is used again, for a file of another size too", () => {
  const first = takeBytes(10);
  giveBack(first);
  const second = takeBytes(SHARED);
  expect(second.buffer).toBe(first.buffer);
  expect(second.length).toBe(SHARED);
  expect(takeBytes(10).buffer).not.toBe(first.buffer);
});

test("a process that read a file ends by itself", async () => {
  const file = join(folder, "last");
  await writeFile(file, randomBytes(100_000));
  const program = join(folder, "program.mjs");
  await build({
    stdin: {
      contents: `import { readDigested } from "./digest-files.ts";
        import { takeBytes } from "./shared-bytes.ts";
        const { parts } = await readDigested(process.argv[2], takeBytes(100_000));
        console.log(parts.length);`,
      resolveDir: new URL("../../src/store", import.meta.url).pathname,
      loader: "ts",
    },
    ...{ bundle: true, platform: "node", format: "esm", outfile: program },
  });
  const run = promisify(execFile)(process.execPath, [program, file], {
    timeout: 300_000,
  });
  expect((await run).stdout).toBe("1\n");
});
