import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RegistryTarget } from "../../src/registry/target.ts";
import { MODEL } from "./broken-off.ts";
import type { PlantedAt, RegistryHere } from "./conformance.ts";
import { releaseSample } from "./release-sample.ts";

/** A registry, and what a person does to its files by other means. */
export interface HarmedRegistry {
  target: RegistryTarget;
  files: RegistryHere["files"];
  remove(at: PlantedAt): Promise<unknown>;
  replace(at: PlantedAt, bytes: Buffer): Promise<unknown>;
}

/** What somebody removed or exchanged of a version. `open`: an empty registry for each test. */
export function restoreConformance(
  kind: string,
  open: () => Promise<HarmedRegistry>,
): void {
  const setUp = async () => {
    const folder = mkdtempSync(join(tmpdir(), "model-to-edge-release-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { target, files: listed, ...harm } = await open();
    onTestFinished(() => target.close());
    const { release, files } = releaseSample(folder, "a");
    expect(await target.put(release, files)).toEqual({ status: "put" });

    const at = (name: string) => ({ model: MODEL, version: "1.0.0", name });
    const hashes = () => listed(MODEL, "1.0.0");

    return { ...{ target, release, files, harm, at, hashes } };
  };

  describe(`a version that somebody harmed: ${kind}`, () => {
    test("the same promotion puts back what was removed", async () => {
      const { target, release, files, harm, at, hashes } = await setUp();
      const whole = await hashes();
      for (const name of ["detector.onnx", "manifest.json"])
        await harm.remove(at(name));
      expect((await hashes()).size).toBe(whole.size - 2);

      const again = { ...{ status: "put", release } };
      expect(await target.put(release, files)).toEqual(again);
      expect(await hashes()).toEqual(whole);
      expect((await target.put(release, files)).status).toBe("there");
    });

    test("a file of another size is not overwritten, and named", async () => {
      const { target, release, files, harm, at, hashes } = await setUp();
      await harm.replace(at("detector.onnx"), Buffer.from("short"));
      const harmed = await hashes();

      await expect(target.put(release, files)).rejects.toMatchObject({
        ...{ exitCode: 2, code: "release-damaged" },
        message: expect.stringMatching(/detector\.onnx .*has another size/),
      });
      expect(await hashes()).toEqual(harmed);
    });
  });
}
