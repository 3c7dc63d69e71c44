import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Profile } from "../../src/config/profile.ts";
import { plain } from "../../src/text/message.ts";
import { commandLine } from "../support/command-line.ts";
import { toyStore } from "../support/toy-store.ts";

describe("device profiles on the command line", () => {
  it("are listed with what they run and their newest opset, or whole as JSON", async () => {
    const { cwd } = toyStore();
    const { code, stdout } = await commandLine(["profiles"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /raspberry-pi-5 .*ONNX Runtime 1\.21, opset up to 22, IR up to 10/,
    );
    const whole = JSON.parse(
      (await commandLine(["profiles", "--json"], { cwd })).stdout,
    ) as Profile[];
    expect(
      whole.find(({ id }) => id === "tensorrt-8.6")?.operators?.has?.[
        "ai.onnx"
      ],
    ).toContain("Conv");
  });

  it("refuse a run's model with the engine's own option, from the store too, and stand in the published verdict", async () => {
    const store = toyStore();
    await store.run();
    store.write(
      "model/det/conversion.yaml",
      "version: 1\ndefaults: {profiles: [x86-server, onnxruntime-mobile]}\n",
    );
    writeFileSync(
      join(store.cwd, "conversion.yaml"),
      "version: 1\ndefaults: {toy: {opset: 17}}\n",
    );
    const run = await store.run();
    expect(run.code).toBe(1);
    const [model] = store.summary().models;
    expect(model?.reasons).toEqual([
      {
        check: "profile",
        status: "wrong",
        code: expect.any(String),
        parts: expect.any(Array),
      },
    ]);
    expect(plain(model?.reasons[0]?.parts ?? [])).toContain(
      "onnxruntime-mobile (",
    );
    expect(model?.sentence).toContain(
      "export with opset 15 or older (toy: { opset: 15 } in conversion.yaml)",
    );
    writeFileSync(
      join(store.cwd, "conversion.yaml"),
      "version: 1\ndefaults: {toy: {opset: 13}}\n",
    );
    expect((await store.run()).code).toBe(0);
    expect(JSON.parse(store.read("evidence/det/verdict.json"))).toMatchObject({
      policy: {
        profiles: [{ id: "x86-server" }, { id: "onnxruntime-mobile" }],
      },
      reproduce: expect.stringMatching(
        /--profile x86-server --profile onnxruntime-mobile$/,
      ),
    });
  });

  it("are part of the verdict's fingerprint and not of that of the bytes", async () => {
    const store = toyStore();
    await store.run();
    const before = store.manifest("edge/det/manifest.json").fingerprint;
    writeFileSync(
      join(store.cwd, "conversion.yaml"),
      "version: 1\ndefaults: {profiles: [x86-server]}\n",
    );
    await store.run();
    const after = store.manifest("edge/det/manifest.json").fingerprint;
    expect([after.spec, after.exec]).toEqual([before.spec, before.exec]);
    expect(after.verdict).not.toBe(before.verdict);
  });

  it("are asked for by validate, with commas or again, and a file of one's own", async () => {
    const store = toyStore();
    await store.run();
    const folder = join(store.branch, "edge/det");
    const own = {
      id: "camera",
      title: "Ours",
      extends: "x86-server",
      budgets: { file_bytes: 1 },
      sources: [],
    };
    writeFileSync(join(store.cwd, "camera.json"), JSON.stringify(own));
    const validate = (...flags: string[]) =>
      commandLine(
        [
          "validate",
          folder,
          "--evidence",
          join(store.branch, "evidence/det"),
          ...flags,
        ],
        { cwd: store.cwd },
      );
    const right = await validate(
      "--profile",
      "x86-server,raspberry-pi-5",
      "--profile",
      "openvino-2026",
    );
    expect([right.code, right.stdout]).toEqual([
      0,
      expect.stringContaining("x86-server, raspberry-pi-5, openvino-2026"),
    ]);
    const wrong = await validate("--profile", "./camera.json");
    expect([wrong.code, wrong.stdout]).toEqual([
      1,
      expect.stringContaining("camera (ONNX Runtime 1.30): the model has"),
    ]);
    const unknown = await validate("--profile", "rasberry-pi-5");
    expect([unknown.code, unknown.stdout]).toEqual([
      2,
      expect.stringContaining('did you mean "raspberry-pi-5"?'),
    ]);
  });
});
