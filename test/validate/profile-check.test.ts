import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyProfiles } from "../../src/config/read-profiles.ts";
import type { ResultOf } from "../../src/validate/check-result.ts";
import { onnxModel } from "../support/onnx-writer.ts";
import { checkOf, validate } from "../support/validate.ts";
import { RELU } from "./profile/models.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "profile-check-"));
  await writeFile(
    join(folder, "camera.json"),
    JSON.stringify({
      id: "camera",
      title: "Ours",
      extends: "x86-server",
      budgets: { file_bytes: 1 },
      sources: [],
    }),
  );
});

import type { Plain } from "../support/plain-message.ts";

afterAll(() => rm(folder, { recursive: true }));

/** The check's result on a model of this opset, with these devices named. */
async function check(
  opset: number,
  names: string[],
): Promise<{ result: Plain<ResultOf<"profile">>; order: string[] }> {
  await writeFile(
    join(folder, "model.onnx"),
    onnxModel({ ...RELU, opset, ir: 8 }),
  );
  const profiles = Object.values(await policyProfiles(names, folder));
  const verdict = await validate(folder, { profiles });
  return {
    result: checkOf(verdict, "profile"),
    order: verdict.checks.map(({ check }) => check),
  };
}

describe("the check profile", () => {
  it("requires nothing where no device is named, and says which ones would load the model", async () => {
    const { result, order } = await check(18, []);
    expect(result).toMatchObject({
      status: "skip",
      message:
        "no device is configured; add `profiles: [...]` to conversion.yaml",
    });
    const profiles = result.details.profiles ?? [];
    const problems = (id: string) =>
      profiles.find((each) => each.id === id)?.problems;
    expect(problems("x86-server")).toEqual([]);
    expect(problems("tensorrt-8.6")?.[0]).toContain(
      "opset 18 is newer than 17",
    );
    expect(order.indexOf("profile")).toBe(order.indexOf("structure") + 1);
  });

  it("passes what every device loads, and says that this is a table's word", async () => {
    const { result } = await check(13, ["x86-server", "tensorrt-8.6"]);
    expect(result.status).toBe("pass");
    expect(result.message).toContain("x86-server, tensorrt-8.6");
    expect(result.message).toContain("not run on a device");
  });

  it("is wrong where one device does not load it, and says which one and what helps", async () => {
    const { result } = await check(18, ["x86-server", "jetson-orin-jp6.0"]);
    expect(result).toMatchObject({ status: "fail", kind: "wrong" });
    expect(result.message).toContain(
      "jetson-orin-jp6.0 (TensorRT 8.6): opset 18 is newer than 17",
    );
    expect(result.message).toContain("export with opset 17 or older");
    expect(result.message).not.toContain("x86-server");
  });

  it("warns where something is lost but nothing refused", async () => {
    const { result } = await check(23, ["openvino-2024"]);
    expect(result.status).toBe("warn");
    expect(result.message).toContain("opset 23 is newer than 22");
  });

  it("judges by a device of the team's own", async () => {
    const { result } = await check(13, ["./camera.json"]);
    expect(result).toMatchObject({ status: "fail", kind: "wrong" });
    expect(result.message).toContain(
      "camera (ONNX Runtime 1.30): the model has",
    );
  });
});
