import { expect } from "vitest";
import type { Killed, RegistryHere } from "./conformance.ts";
import { releaseSample } from "./release-sample.ts";

export const MODEL = { algorithm: "CenterPoint", name: "t4base" };

/** A promotion dies at a call; one of other bytes comes, and then the first one again. */
export async function brokenOff(
  here: RegistryHere,
  folder: string,
  killed: Required<Killed>,
) {
  const version = `1.${killed.at}.${killed.effect === "before" ? 1 : 2}`;
  const { release, files } = releaseSample(folder, "a", version);
  const dying = here.dying(killed);
  await expect(dying.target.put(release, files)).rejects.toThrow("killed");
  await expectWhole(here, version);

  const other = releaseSample(folder, "b", version);
  const { status } = await here.target.put(other.release, other.files);
  await expectWhole(here, version);

  // Before the claim nothing was there, and the other one has the version.
  const again = await here.target.put(release, files);
  await expectWhole(here, version);
  expect(await here.target.read(MODEL, version)).toEqual(
    status === "put" ? other.release : release,
  );
  expect(again.status).toBe(
    status === "put" ? "other" : status === "other" ? "there" : "put",
  );
}

/** The invariant: where there is a `release.json`, every file is there with its bytes, and no other one. */
export async function expectWhole(here: RegistryHere, version: string) {
  const there = await here.files(MODEL, version);
  if (!there.has("release.json")) return;

  const release = await here.target.read(MODEL, version);
  for (const { name, sha256 } of release?.files ?? [])
    expect([...new Set(there.get(name))], name).toEqual([sha256]);
  expect([...there.keys()].sort()).toEqual(
    [...(release?.files ?? []).map(({ name }) => name), "release.json"].sort(),
  );
}
