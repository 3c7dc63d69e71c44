import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  readDocument,
  toJson,
  writeDocument,
  writePieces,
} from "../../src/document/document.ts";
import type { Publication } from "../../src/publish/publication.ts";
import { sampleVerdict } from "../support/verdict-samples.ts";

const publication: Publication = {
  kind: "publication",
  version: 1,
  status: "none",
  commit: null,
  url: null,
  reason: "publication was not asked for",
  fetch: null,
  verify: null,
  models: [],
  removed: [],
  failure: null,
  signed: false,
};

/** The program that makes pipes. */
const PIPES = "mkfifo";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "model-to-edge-document-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

describe("documents between the steps", () => {
  it("are read back as they were written, and leave no partial file", async () => {
    const path = join(folder(), "a/publication.json");
    await writeDocument(path, "publication", publication);
    expect(await readDocument(path, "publication")).toEqual(publication);
    expect(readdirSync(join(path, ".."))).toEqual(["publication.json"]);
  });

  it("have each a version of their own", async () => {
    const path = join(folder(), "verdict.json");
    await writeDocument(path, "verdict", sampleVerdict());
    expect(await readDocument(path, "verdict")).toEqual(sampleVerdict());
  });

  it("that would not match their schema are our bug, and are not written", async () => {
    const path = join(folder(), "publication.json");
    const wrong = { ...publication, status: "done" };
    await expect(writeDocument(path, "publication", wrong)).rejects.toThrow(
      /would not match publication\.schema\.json/,
    );
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it.each([
    ["missing", null, /is missing/, /run the step that writes it/],
    ["cut off", toJson(publication).slice(0, 50), /is not JSON/, /truncated/],
    [
      "of another version",
      toJson({ ...publication, version: 2 }),
      /has version 2, but this program reads version 1/,
      /same version/,
    ],
    [
      "of another kind",
      toJson({ ...publication, kind: "plan" }),
      /does not match its schema/,
      /by hand/,
    ],
    [
      "with an unknown key",
      toJson({ ...publication, extra: 1 }),
      /extra/,
      /by hand/,
    ],
  ])(
    "that are %s are refused with what to do",
    async (_, text, message, hint) => {
      const path = join(folder(), "publication.json");
      if (text !== null) writeFileSync(path, text);
      const error = await readDocument(path, "publication").catch(
        (caught: unknown) => caught,
      );
      expect(error).toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    },
  );

  it("are the same bytes for the same data", async () => {
    const path = join(folder(), "publication.json");
    await writeDocument(path, "publication", publication);
    const first = readFileSync(path, "utf8");
    await writeDocument(path, "publication", structuredClone(publication));
    expect(readFileSync(path, "utf8")).toBe(first);
  });
});

describe("a text that is written in pieces", () => {
  const kib = 1024;

  it.each<[string, string[]]>([
    ["without any", []],
    ["that are short", ["a", "", "ü", "€😀"]],
    ["that just fill a part, and more", ["x".repeat(256 * kib), "y"]],
    [
      "of many bytes each",
      Array.from({ length: 90 }, () => "€".repeat(4 * kib)),
    ],
    ["of which some are longer than a part", ["a", "€".repeat(300 * kib), "b"]],
  ])("%s is the same bytes as the whole", async (_, pieces) => {
    const place = folder();
    const path = join(place, "text");
    await writePieces(path, pieces);
    expect(readFileSync(path, "utf8") === pieces.join("")).toBe(true);
    expect(readdirSync(place)).toEqual(["text"]);
  });

  it.each([
    [
      "a folder",
      (path: string) => mkdirSync(path),
      "document-damaged",
      /is not a file$/,
    ],
    [
      "a pipe",
      (path: string) => execFileSync(PIPES, [path]),
      "document-damaged",
      /is not a file$/,
    ],
    [
      "a device",
      (path: string) => symlinkSync("/dev/zero", path),
      "document-damaged",
      /is not a file$/,
    ],
    [
      "a link to itself",
      (path: string) => symlinkSync("publication.json", path),
      "document-damaged",
      /cannot be read \(ELOOP\)$/,
    ],
    [
      "more than a text can hold",
      (path: string) => {
        writeFileSync(path, "");
        truncateSync(path, 2 ** 30);
      },
      "document-damaged",
      /is too large for a document: 1073741824 bytes$/,
    ],
    [
      "a link to nothing",
      (path: string) => symlinkSync("nowhere", path),
      "document-missing",
      /is missing$/,
    ],
    [
      "a list",
      (path: string) => writeFileSync(path, "[]"),
      "document-damaged",
      /is not a document of this program$/,
    ],
    [
      "nothing but null",
      (path: string) => writeFileSync(path, "null"),
      "document-damaged",
      /is not a document of this program$/,
    ],
  ])("are refused by what they are: %s", async (_, make, code, message) => {
    const path = join(folder(), "publication.json");
    make(path);
    await expect(readDocument(path, "publication")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});
