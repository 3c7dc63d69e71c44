import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readDatasetFolder } from "../../src/registry/read-dataset.ts";

const INFO = ["info_test.pkl", "info_train.pkl", "info_val.pkl"];

function folderOf(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "model-to-edge-read-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) writeFileSync(join(folder, name), name);
  return folder;
}

const read = (kind: "info" | "auto-label", folder: string) =>
  readDatasetFolder(kind, folder, new AbortController().signal);

describe("a folder of data", () => {
  it("is read file by file, in order, with hashes", async () => {
    const files = await read("info", folderOf(...INFO));
    expect(files.map(({ name, size }) => [name, size])).toEqual(
      INFO.map((name) => [name, name.length]),
    );
    for (const { sha256 } of files) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, "info" | "auto-label", () => string, RegExp]>([
    ["missing", "info", () => join(folderOf(), "no"), /it is missing/],
    ["a file", "info", () => join(folderOf("a"), "a"), /it is a file/],
    ["empty", "auto-label", () => folderOf(), /it is empty/],
    [
      "a file less",
      "info",
      () => folderOf("info_val.pkl"),
      /train.pkl missing/,
    ],
    ["a file more", "info", () => folderOf(...INFO, "x"), /x not expected/],
    ["another case", "info", () => folderOf("INFO_train.pkl"), /INFO_train/],
    ["the list's name", "auto-label", () => folderOf("dataset.json"), /list/],
    ["a line break", "auto-label", () => folderOf("a\nb"), /control char/],
    ["bytes that are no text", "auto-label", () => odd(), /control char/],
    ["a link", "auto-label", () => linked(folderOf("a")), /link, or no file/],
    [
      "a link to a folder",
      ...([
        "auto-label",
        () => linked(folderOf()),
        /link, or no file/,
      ] as const),
    ],
  ])("is refused: %s", async (_, kind, make, says) => {
    await expect(read(kind, make())).rejects.toMatchObject({
      ...{ code: "dataset-folder", exitCode: 2 },
      message: expect.stringMatching(says),
    });
  });

  it("is refused with a socket in it", async () => {
    const folder = folderOf("a");
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(folder, "s"), done));
    onTestFinished(() => void server.close());

    await expect(read("auto-label", folder)).rejects.toMatchObject({
      message: expect.stringContaining("s is a link, or no file"),
    });
  });

  it("may hold empty folders, which no registry keeps", async () => {
    const folder = folderOf("a");
    mkdirSync(join(folder, "empty/deeper"), { recursive: true });
    expect(await read("auto-label", folder)).toHaveLength(1);
  });
});

function linked(to: string): string {
  const folder = folderOf("plain");
  symlinkSync(to, join(folder, "link"));
  return folder;
}

function odd(): string {
  const folder = folderOf("plain");
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]),
    "",
  );
  return folder;
}
