import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { versionPrefix } from "../../src/registry/layout.ts";
import type { ObjectPlace } from "../../src/registry/object-place.ts";
import { objectTarget } from "../../src/registry/object-target.ts";
import { faultyPlace } from "./faulty-place.ts";
import { releaseSample, withCard } from "./release-sample.ts";

const MODEL = { algorithm: "CenterPoint", name: "t4base" };

/** What every registry of objects must keep. `open`: an empty place for each test. */
export function registryConformance(
  kind: string,
  open: () => Promise<ObjectPlace>,
): void {
  const setUp = async () => {
    const folder = mkdtempSync(join(tmpdir(), "model-to-edge-release-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const place = await open();
    onTestFinished(() => place.close());

    return { folder, place, target: objectTarget(place) };
  };

  describe(`a registry: ${kind}`, () => {
    test("takes a version, and has it whole", async () => {
      const { folder, place, target } = await setUp();
      const { release, files } = releaseSample(folder, "a");
      await target.verify({ singleWriter: false });
      expect(await target.versions(MODEL)).toEqual([]);
      expect(await target.read(MODEL, "1.0.0")).toBeNull();

      expect(await target.put(release, files)).toEqual({ status: "put" });

      expect(await target.models()).toEqual([MODEL]);
      expect(await target.versions(MODEL)).toEqual(["1.0.0"]);
      expect(await target.read(MODEL, "1.0.0")).toEqual(release);
      await expectWhole(place, "1.0.0");
      expect(await keysOf(place, versionPrefix(MODEL, "1.0.0"))).toEqual(
        [...files.map(({ name }) => name), "release.json"].sort(),
      );
    });

    test("has the same again already, and never overwrites", async () => {
      const { folder, place, target } = await setUp();
      const first = releaseSample(folder, "a");
      await target.put(first.release, first.files);

      const again = { ...first.release, outcome: "warn" as const };
      expect(await target.put(again, first.files)).toEqual({
        status: "there",
        release: first.release,
      });

      const other = releaseSample(folder, "b");
      expect(await target.put(other.release, other.files)).toMatchObject({
        status: "other",
        release: { digest: first.release.digest },
      });
      await expectWhole(place, "1.0.0");
    });

    test("of two at once with other bytes one wins, whole", async () => {
      const { folder, place, target } = await setUp();
      const samples = ["a", "b", "c", "d"].map((content) =>
        releaseSample(folder, content),
      );

      const outcomes = await Promise.all(
        samples.map(({ release, files }) => target.put(release, files)),
      );

      const statuses = outcomes.map(({ status }) => status);
      expect(statuses.filter((status) => status === "put")).toHaveLength(1);
      expect(
        statuses.every((status) =>
          ["put", "other", "claimed"].includes(status),
        ),
      ).toBe(true);
      await expectWhole(place, "1.0.0");
    });

    test("of two at once with the same bytes both have it", async () => {
      const { folder, place, target } = await setUp();
      const { release, files } = releaseSample(folder, "a");

      const outcomes = await Promise.all(
        [1, 2, 3].map(() => target.put(release, files)),
      );

      for (const { status } of outcomes)
        expect(["put", "there"]).toContain(status);
      await expectWhole(place, "1.0.0");
    });

    test("broken off at each call it is no version, and the next try ends it", async () => {
      const { folder, place } = await setUp();
      const sample = releaseSample(folder, "a", "1.0.0");
      const good = faultyPlace(place, { at: Number.POSITIVE_INFINITY });
      await objectTarget(good).put(sample.release, sample.files);
      expect(good.calls()).toBeGreaterThan(6);

      for (let at = 1; at <= good.calls(); at++) {
        await brokenOff(place, folder, { at, effect: "before" });
        await brokenOff(place, folder, { at, effect: "after" });
      }
    });

    test("bytes of somebody else are not taken for ours", async () => {
      const { folder, place, target } = await setUp();
      const { release, files } = releaseSample(folder, "a");
      const [graph] = files;
      const bytes = Buffer.from("not the graph");
      await place.create(`${versionPrefix(MODEL, "1.0.0")}${graph?.name}`, {
        ...{ bytes, sha256: hashOf(bytes) },
      });

      await expect(target.put(release, files)).rejects.toMatchObject({
        code: "release-damaged",
      });
      expect(await target.read(MODEL, "1.0.0")).toBeNull();
    });

    test("a card that an earlier version of this program began stays, and the version names its bytes", async () => {
      const { folder, place, target } = await setUp();
      const { release, files } = releaseSample(folder, "a");
      const begun = withCard(folder, { release, files }, "older words");
      const dying = faultyPlace(place, { at: 2 + begun.files.length });
      await expect(
        objectTarget(dying).put(begun.release, begun.files),
      ).rejects.toThrow("killed");

      const now = withCard(folder, { release, files }, "newer words");
      expect(await target.put(now.release, now.files)).toEqual({
        ...{ status: "put", release: begun.release },
      });
      expect(await target.read(MODEL, "1.0.0")).toEqual(begun.release);
      await expectWhole(place, "1.0.0");

      expect(await target.put(now.release, now.files)).toEqual({
        ...{ status: "there", release: begun.release },
      });
    });

    test("a card about other bytes is not taken for ours", async () => {
      const { folder, place, target } = await setUp();
      const sample = releaseSample(folder, "a");
      const { release, files } = withCard(folder, sample, "ours");
      const bytes = Buffer.from(`about ${"0".repeat(64)}`);
      await place.create(`${versionPrefix(MODEL, "1.0.0")}README.md`, {
        ...{ bytes, sha256: hashOf(bytes) },
      });

      await expect(target.put(release, files)).rejects.toMatchObject({
        code: "release-damaged",
      });
      expect(await target.read(MODEL, "1.0.0")).toBeNull();
    });

    test("an alias names a version, and only who saw it may change it", async () => {
      const { target } = await setUp();
      const at = (release: string, before: string[] = []) => ({
        ...{ release, before },
      });
      expect(await target.alias(MODEL, "edge")).toBeNull();
      expect(await target.aliases(MODEL)).toEqual([]);

      const set = (was: ReturnType<typeof at> | null, is: typeof was) =>
        target.setAlias(MODEL, "edge", { was, is: is ?? at("") });
      expect(await set(null, at("1.0.0"))).toBe(true);
      expect(await target.aliases(MODEL)).toEqual(["edge"]);
      expect(await set(null, at("9.0.0"))).toBe(false);
      expect(await set(at("1.0.0"), at("1.1.0", ["1.0.0"]))).toBe(true);
      expect(await set(at("1.0.0"), at("9.0.0"))).toBe(false);
      expect(await target.alias(MODEL, "edge")).toEqual(at("1.1.0", ["1.0.0"]));

      const racing = ["2.0.0", "3.0.0", "4.0.0"].map((release) =>
        set(at("1.1.0", ["1.0.0"]), at(release)),
      );
      const won = (await Promise.all(racing)).filter(Boolean);
      expect(won).toHaveLength(1);
    });
  });
}

/** A promotion dies at a call; one of other bytes comes, and then the first one again. */
async function brokenOff(
  place: ObjectPlace,
  folder: string,
  fault: { at: number; effect: "before" | "after" },
) {
  const version = `1.${fault.at}.${fault.effect === "before" ? 1 : 2}`;
  const { release, files } = releaseSample(folder, "a", version);
  const dying = objectTarget(faultyPlace(place, fault));
  await expect(dying.put(release, files)).rejects.toThrow("killed");
  await expectWhole(place, version);

  const target = objectTarget(place);
  const other = releaseSample(folder, "b", version);
  const { status } = await target.put(other.release, other.files);
  await expectWhole(place, version);

  // Before the claim nothing was there, and the other one has the version.
  const again = await target.put(release, files);
  await expectWhole(place, version);
  expect(await target.read(MODEL, version)).toEqual(
    status === "put" ? other.release : release,
  );
  expect(again.status).toBe(
    status === "put" ? "other" : status === "other" ? "there" : "put",
  );
}

/** The invariant: where there is a `release.json`, every file is there with its bytes, and no other one. */
async function expectWhole(place: ObjectPlace, version: string) {
  const prefix = versionPrefix(MODEL, version);
  const release = await objectTarget(place).read(MODEL, version);
  if (!release) return;

  for (const { name, sha256 } of release.files)
    expect(await place.hash(prefix + name), name).toBe(sha256);
  expect(await keysOf(place, prefix)).toEqual(
    [...release.files.map(({ name }) => name), "release.json"].sort(),
  );
}

async function keysOf(place: ObjectPlace, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of place.list(prefix))
    keys.push(key.slice(prefix.length));

  return keys.sort();
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
