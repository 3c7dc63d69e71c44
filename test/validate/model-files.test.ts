import { execFileSync } from "node:child_process";
import { symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  folderOf,
  network,
  networkFolder,
  networkModel,
  networkReferences,
} from "../support/model-folder.ts";
import { type ModelInput, onnxModel } from "../support/onnx-writer.ts";
import { checkOf, validate } from "../support/validate.ts";

const net = network();
const MODEL = onnxModel(networkModel(net));
const REFERENCES = networkReferences(net);

function failing(verdict: Awaited<ReturnType<typeof validate>>): string[] {
  return verdict.checks
    .filter(({ status }) => status === "fail")
    .map(({ check }) => check);
}

describe("validateFolder: files", () => {
  test("one that is not a model fails file or structure, and the rest is not run", async () => {
    for (const [content, check, message] of [
      ["", "file", "is empty"],
      [
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "file",
        "Git LFS pointer",
      ],
      ["<html>not found</html>", "structure", "not a readable ONNX model"],
      [MODEL.subarray(0, 500), "structure", "not a readable ONNX model"],
    ] as const) {
      const verdict = await validate(
        await folderOf({
          "end2end.onnx": content,
          "references.safetensors": REFERENCES,
        }),
      );
      expect(failing(verdict)).toContain(check);
      expect(verdict.sentence).toContain(message);
      expect(checkOf(verdict, "parity")).toMatchObject({ status: "skip" });
    }
  });

  // Opening a pipe would wait for ever, reading a folder is an error of ours.
  test.each(["mkfifo", "mkdir"])(
    "what is not a file (%s) is refused",
    async (make) => {
      const folder = await folderOf({ "references.safetensors": REFERENCES });
      execFileSync(make, [join(folder, "end2end.onnx")]);
      expect(await validate(folder)).toMatchObject({
        outcome: "fail",
        sentence: expect.stringContaining("end2end.onnx is not a file"),
      });
    },
  );

  test("a symbolic link is refused", async () => {
    const folder = await folderOf({
      "real/end2end.onnx": MODEL,
      "references.safetensors": REFERENCES,
    });
    await symlink(
      join(folder, "real/end2end.onnx"),
      join(folder, "end2end.onnx"),
    );
    expect(failing(await validate(folder))).toEqual(["file"]);
  });

  const far = (location: string): ModelInput => {
    const model = networkModel(net);
    const bias = {
      dims: [5],
      values: [],
      external: { location, offset: 0, length: 20 },
    };
    return { ...model, weights: { ...model.weights, bias } };
  };
  const bytes = Buffer.from(Float32Array.from(net.bias).buffer);
  const external = (location: string, files: Record<string, Uint8Array> = {}) =>
    folderOf({
      "end2end.onnx": onnxModel(far(location)),
      "references.safetensors": REFERENCES,
      ...files,
    });

  test("weights in a file beside the model are fine", async () => {
    expect(
      (await validate(await external("w.bin", { "w.bin": bytes }))).sentence,
    ).toContain("may ship");
  });

  test.each([
    ["missing", "w.bin", "is missing"],
    ["outside", "../w.bin", "is outside the model's folder"],
    ["absolute", "/etc/passwd", "is outside the model's folder"],
    ["hidden in a path", "sub/../../w.bin", "is outside the model's folder"],
  ])("weights that are %s are refused", async (_, location, message) => {
    const verdict = await validate(await external(location));
    expect(failing(verdict)).toContain("structure");
    expect(verdict.sentence).toContain(message);
  });

  test("weights behind links, and weights that are cut off, are refused", async () => {
    const linked = await external("w.bin", { "other.bin": bytes });
    await symlink("other.bin", join(linked, "w.bin"));
    expect((await validate(linked)).sentence).toContain("is a symbolic link");
    const away = await external("sub/w.bin", {});
    await symlink(await folderOf({ "w.bin": bytes }), join(away, "sub"));
    expect((await validate(away)).sentence).toContain("because of a link");
    const short = await external("w.bin", { "w.bin": bytes });
    await truncate(join(short, "w.bin"), 12);
    expect((await validate(short)).sentence).toContain(
      "is truncated: 12 of 20 bytes",
    );
  });

  test("a file path of the machine that exported it is a warning", async () => {
    const leaky = (model: ModelInput): ModelInput => ({
      ...model,
      nodes: model.nodes.map((node) => ({
        ...node,
        doc: "File /home/me/train.py",
      })),
    });
    const verdict = await validate(await networkFolder(leaky));
    expect(verdict).toMatchObject({ outcome: "warn" });
    expect(verdict.sentence).toContain(
      "a file path of the machine that exported it (4 times, e.g. /home/me/train.py)",
    );
  });
});
