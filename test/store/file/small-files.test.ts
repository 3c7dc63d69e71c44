import { mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { hashBytes, hashFile } from "../../../src/disk/hash-file.ts";
import { copyHashed } from "../../../src/store/file/copy.ts";
import { INDEX } from "../../../src/store/file/index-reader.ts";
import {
  type PublishedFile,
  publishedFiles,
  publishedIn,
} from "../../../src/store/file/publication.ts";
import { statToken } from "../../../src/store/file/token.ts";
import { byteOrder } from "../../../src/store/paths.ts";
import { bytesRead } from "../../support/bytes-read.ts";

const { signal } = new AbortController();

/** Bytes of memory outside of V8's heap that the work took, at most. */
async function memoryOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().arrayBuffers;
  await work();
  return process.memoryUsage().arrayBuffers - before;
}

test.each([
  ["hashes", (file: string) => hashFile(file)],
  ["copies", (file: string) => copyHashed(file, `${file}.copy`, { signal })],
])("%s small files in little memory", async (_, work) => {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-small-"));
  const files = Array.from({ length: 16 }, (_, at) => join(folder, `${at}`));
  for (const file of files) writeFileSync(file, "small");
  await work(files[0] ?? "");

  const taken = await memoryOf(async () => {
    for (const file of files) await work(file);
  });
  expect(taken).toBeLessThan(2 << 20);
});

test.each([0, 1, (1 << 18) - 1, 1 << 18, (1 << 20) + 1])(
  "hashes and copies all of %i bytes",
  async (size) => {
    const file = join(mkdtempSync(join(tmpdir(), "model-to-edge-size-")), "x");
    const bytes = Buffer.alloc(size, "model");
    writeFileSync(file, bytes);

    const sha256 = hashBytes(bytes);
    expect(await hashFile(file)).toBe(sha256);
    expect(await copyHashed(file, `${file}.copy`, { signal })).toMatchObject({
      size,
      sha256,
    });
  },
);

/** Of a publication with these files, and an index that knows all of them. */
function publicationOf(paths: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-publication-"));
  for (const path of paths) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), "");
  }

  const index = paths.toSorted(byteOrder).map((path) => [
    path,
    {
      sha256: hashBytes(path),
      stat: statToken(statSync(join(folder, path), { bigint: true })),
    },
  ]);
  writeFileSync(join(folder, INDEX), JSON.stringify(Object.fromEntries(index)));

  return { id: "id", folder };
}

async function all(files: AsyncIterable<PublishedFile>): Promise<string[]> {
  const found: string[] = [];
  for await (const { path, sha256 } of files) {
    expect(sha256).toBe(hashBytes(path));
    found.push(path);
  }
  return found;
}

test("finds in several folders what it finds in each", async () => {
  const below = ["x", "sub/x", "sub/deep/x"];
  const models = ["b", "a", "a.b", "a-b", "c"];
  const publication = publicationOf(
    models.flatMap((name) => below.map((file) => `edge/${name}/${file}`)),
  );
  const folders = ["edge/b/", "edge/a/sub/", "edge/a/", "edge/a.b/", "edge/d/"];

  const outermost = ["edge/a.b/", "edge/a/", "edge/b/"];
  const each: string[] = [];
  for (const folder of outermost)
    each.push(...(await all(publishedFiles(publication, folder))));

  expect(await all(publishedIn(publication, folders))).toEqual(each);
  expect(each).toHaveLength(9);
});

test("reads the index once, for however many folders", async () => {
  const folders = Array.from({ length: 400 }, (_, at) => `edge/m${at}/`);
  const publication = publicationOf(folders.map((folder) => `${folder}x`));
  const { size } = statSync(join(publication.folder, INDEX));

  const before = bytesRead();
  expect(await all(publishedIn(publication, folders))).toHaveLength(400);
  expect(bytesRead() - before).toBeLessThan(10 * size);
});
