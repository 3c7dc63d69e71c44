import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Publication } from "../../src/publish/publication.ts";
import { CHEAP, makeFleetStore } from "./fleet-store.ts";
import { convertBatches, fleetSteps } from "./steps.ts";

it("two fleets on one branch in a folder: the one of older inputs ends last, and leaves what the newer one published", async () => {
  const root = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const place = makeFleetStore(root, { a: {} }, CHEAP);
  const [older, newer] = [
    fleetSteps(place, "older"),
    fleetSteps(place, "newer"),
  ];
  const publicationOf = ({ json }: typeof older) =>
    json<Publication>("publication.json");
  const manifest = () =>
    readFileSync(join(root, "store/main/edge/a/manifest.json"), "utf8");

  await convertBatches(older, { jobs: 1 });
  writeFileSync(
    join(root, "store/main/model/a/scale.weights"),
    JSON.stringify({ w: [9, 2, 3, 4], b: [0, 0, 0, 1] }),
  );
  await convertBatches(newer, { jobs: 1 });

  const first = await newer.publish();
  expect(first.code, first.stdout).toBe(0);
  const before = manifest();

  const late = await older.publish();
  expect(late.code, late.stdout).toBe(0);
  expect(late.stdout).toContain(
    "what is published stays: it is of newer inputs than this run",
  );
  expect(publicationOf(older)).toMatchObject({ status: "unchanged" });
  expect(manifest()).toBe(before);
  expect(readdirSync(join(root, "store/.model-to-edge/drafts"))).toEqual([]);
});
