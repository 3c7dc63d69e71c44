import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { RegistryHere } from "./conformance.ts";
import { releaseSample } from "./release-sample.ts";

const MODEL = { algorithm: "CenterPoint", name: "t4base" };

/** What the notes of a registry must keep. `open`: an empty registry. */
export function notesConformance(
  kind: string,
  open: () => Promise<RegistryHere>,
): void {
  test(`a registry: ${kind}: a note stands beside a version, and only who saw it may change it`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "model-to-edge-release-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { target } = await open();
    onTestFinished(() => target.close());
    const { release, files } = releaseSample(folder, "a");
    await target.put(release, files);
    const at = { model: MODEL, release: "1.0.0", name: "handover-x" };
    const { notes } = target;
    if (!notes) throw new Error("the registry keeps no notes");
    expect(await notes.read(at)).toBeNull();

    expect(await notes.write(at, { was: null, is: "a" })).toBe(true);
    expect(await notes.write(at, { was: null, is: "b" })).toBe(false);
    expect(await notes.write(at, { was: "a", is: "ä\n" })).toBe(true);
    expect(await notes.write(at, { was: "a", is: "c" })).toBe(false);
    expect(await notes.read(at)).toBe("ä\n");
    expect(await notes.read({ ...at, name: "handover-y" })).toBeNull();

    const racing = ["1", "2", "3"].map((is) =>
      notes.write(at, { was: "ä\n", is }),
    );
    expect((await Promise.all(racing)).filter(Boolean)).toHaveLength(1);
    expect(await target.versions(MODEL)).toEqual(["1.0.0"]);
    expect(await target.models()).toEqual([MODEL]);
  });
}
