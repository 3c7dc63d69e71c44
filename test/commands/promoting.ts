import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Promotion } from "../../src/registry/promotion.ts";
import type { Release } from "../../src/registry/release.ts";
import { commandLine } from "../support/command-line.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";

/** Where the versions of the toy model lie in its registry. */
export const MODEL = "models/CenterPoint/t4base";

export function setUp(release = "{algorithm: CenterPoint, name: t4base}") {
  const store = toyStore();
  configure(store, release);
  const registry = join(store.root, "registry");

  return { store, registry, promote: promoterOf(store, registry) };
}

export function configure({ cwd }: ToyStore, release: string) {
  writeFileSync(
    join(cwd, "conversion.yaml"),
    `version: 1\nmodels:\n  det:\n    release: ${release}\n`,
  );
}

export function promoterOf(store: ToyStore, registry: string) {
  return (...args: string[]) =>
    commandLine(
      [
        ...["promote", "--store", store.url, "--model", "det"],
        ...["--to", `file://${registry}`, ...args],
      ],
      { cwd: store.cwd },
    );
}

export function promotionIn({ cwd }: ToyStore): Promotion {
  const file = join(cwd, "model-to-edge-out/promotion.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

export function releaseIn(registry: string, version: string): Release {
  const file = join(registry, MODEL, version, "release.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

export async function published(store: ToyStore) {
  const run = await store.run();
  expect({ code: run.code, log: run.stdout }).toMatchObject({ code: 0 });
}

export const weights = (...w: number[]) =>
  JSON.stringify({ w, b: w.map(() => 0) });

export function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
