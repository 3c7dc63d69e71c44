import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { hashFile } from "../../src/disk/hash-file.ts";
import type { ModelKey } from "../../src/registry/release.ts";
import type { RegistryTarget } from "../../src/registry/target.ts";
import { brokenOff, expectWhole, MODEL } from "./broken-off.ts";
import { releaseSample, withCard } from "./release-sample.ts";

/** When a promotion is killed: at its n-th call, before or after that has had its effect. */
export interface Killed {
  at: number;
  effect?: "before" | "after";
}

/** A registry, and what a test sees of it beside its own words. */
export interface RegistryHere {
  target: RegistryTarget;
  /** The same registry, for a promotion that is killed. */
  dying(killed: Killed): { target: RegistryTarget; calls(): number };
  /** The files of a version, beside what the registry itself keeps there: sha256 of each file of a name. */
  files(model: ModelKey, version: string): Promise<Map<string, string[]>>;
  /** Somebody else writes a file of a version. */
  plant(at: PlantedAt, bytes: Buffer): Promise<unknown>;
}

/** What the docs say that a kind of registry does not keep, or does not need. */
export interface KindOfRegistry {
  /** Each promotion writes to a place of its own, so that no file of another one is in its way. */
  ownPlaces?: boolean;
  /** Of several that change an alias at once more than one may be told that it won. */
  lastAliasCounts?: boolean;
}

export interface PlantedAt {
  model: ModelKey;
  version: string;
  name: string;
}

/** What every registry must keep. `open`: an empty one for each test. */
export function registryConformance(
  kind: string,
  open: () => Promise<RegistryHere>,
  { ownPlaces = false, lastAliasCounts = false }: KindOfRegistry = {},
): void {
  const testShared = test.skipIf(ownPlaces);
  const setUp = async () => {
    const folder = mkdtempSync(join(tmpdir(), "model-to-edge-release-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const here = await open();
    onTestFinished(() => here.target.close());

    return { folder, here, target: here.target };
  };

  describe(`a registry: ${kind}`, () => {
    test("takes a version, and has it whole", async () => {
      const { folder, here, target } = await setUp();
      const { release, files } = releaseSample(folder, "a");
      await target.verify({ singleWriter: false });
      expect(await target.versions(MODEL)).toEqual([]);
      expect(await target.read(MODEL, "1.0.0")).toBeNull();

      expect(await target.put(release, files)).toEqual({ status: "put" });

      expect(await target.models()).toEqual([MODEL]);
      expect(await target.versions(MODEL)).toEqual(["1.0.0"]);
      expect(await target.read(MODEL, "1.0.0")).toEqual(release);
      await expectWhole(here, "1.0.0");
      const copy = join(folder, "copy");
      for (const { name, sha256 } of files) {
        expect(await target.download(release, name, copy)).toBe(true);
        expect(await hashFile(copy), name).toBe(sha256);
      }
      expect(await target.download(release, "nothing", copy)).toBe(false);
      expect([...(await here.files(MODEL, "1.0.0")).keys()].sort()).toEqual(
        [...files.map(({ name }) => name), "release.json"].sort(),
      );
    });

    test("has the same again already, and never overwrites", async () => {
      const { folder, here, target } = await setUp();
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
      await expectWhole(here, "1.0.0");
    });

    test("of two at once with other bytes one wins, whole", async () => {
      const { folder, here, target } = await setUp();
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
      await expectWhole(here, "1.0.0");
    });

    test("of two at once with the same bytes both have it", async () => {
      const { folder, here, target } = await setUp();
      const { release, files } = releaseSample(folder, "a");

      const outcomes = await Promise.all(
        [1, 2, 3].map(() => target.put(release, files)),
      );

      for (const { status } of outcomes)
        expect(["put", "there"]).toContain(status);
      await expectWhole(here, "1.0.0");
    });

    test("broken off at each call it is no version, and the next try ends it", async () => {
      const { folder, here } = await setUp();
      const sample = releaseSample(folder, "a", "1.0.0");
      const good = here.dying({ at: Number.POSITIVE_INFINITY });
      await good.target.put(sample.release, sample.files);
      expect(good.calls()).toBeGreaterThan(6);

      for (let at = 1; at <= good.calls(); at++) {
        await brokenOff(here, folder, { at, effect: "before" });
        await brokenOff(here, folder, { at, effect: "after" });
      }
    });

    testShared("bytes of somebody else are not taken for ours", async () => {
      const { folder, here, target } = await setUp();
      const { release, files } = releaseSample(folder, "a");
      const [graph] = files;
      const bytes = Buffer.from("not the graph");
      const name = String(graph?.name);
      await here.plant({ model: MODEL, version: "1.0.0", name }, bytes);

      await expect(target.put(release, files)).rejects.toMatchObject({
        code: "release-damaged",
      });
      expect(await target.read(MODEL, "1.0.0")).toBeNull();
    });

    testShared(
      "a card that an earlier version of this program began stays, and the version names its bytes",
      async () => {
        const { folder, here, target } = await setUp();
        const whole = here.dying({ at: Number.POSITIVE_INFINITY });
        const sample = releaseSample(folder, "a", "0.9.0");
        const older = withCard(folder, sample, "older words");
        await whole.target.put(older.release, older.files);

        const { release, files } = releaseSample(folder, "a");
        const begun = withCard(folder, { release, files }, "older words");
        const dying = here.dying({ at: whole.calls() - 1 });
        await expect(
          dying.target.put(begun.release, begun.files),
        ).rejects.toThrow("killed");

        const now = withCard(folder, { release, files }, "newer words");
        expect(await target.put(now.release, now.files)).toEqual({
          ...{ status: "put", release: begun.release },
        });
        expect(await target.read(MODEL, "1.0.0")).toEqual(begun.release);
        await expectWhole(here, "1.0.0");

        expect(await target.put(now.release, now.files)).toEqual({
          ...{ status: "there", release: begun.release },
        });
      },
    );

    testShared("a card about other bytes is not taken for ours", async () => {
      const { folder, here, target } = await setUp();
      const sample = releaseSample(folder, "a");
      const { release, files } = withCard(folder, sample, "ours");
      const bytes = Buffer.from(`about ${"0".repeat(64)}`);
      const name = "README.md";
      await here.plant({ model: MODEL, version: "1.0.0", name }, bytes);

      await expect(target.put(release, files)).rejects.toMatchObject({
        code: "release-damaged",
      });
      expect(await target.read(MODEL, "1.0.0")).toBeNull();
    });

    test("an alias names a version, and only who saw it may change it", async () => {
      const { folder, target } = await setUp();
      const at = (release: string, before: string[] = []) => ({
        ...{ release, before },
      });
      for (const version of ["1.0.0", "1.1.0", "2.0.0", "3.0.0"]) {
        const { release, files } = releaseSample(folder, "a", version);
        await target.put(release, files);
      }
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

      const racing = ["1.0.0", "2.0.0", "3.0.0"].map((release) =>
        set(at("1.1.0", ["1.0.0"]), at(release)),
      );
      const won = (await Promise.all(racing)).filter(Boolean);
      if (!lastAliasCounts) expect(won).toHaveLength(1);
      const last = await target.alias(MODEL, "edge");
      expect(["1.0.0", "2.0.0", "3.0.0"]).toContain(last?.release);
    });
  });
}
