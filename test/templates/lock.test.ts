import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Locked {
  integrity?: string;
  optionalDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

const packages = (
  JSON.parse(
    readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"),
  ) as { packages: Record<string, Locked> }
).packages;

it("locks the packages of every platform: npm ci refuses a lock without them, on the machine that made it too", () => {
  const wanted = Object.values(packages).flatMap(
    ({ optionalDependencies = {} }) => Object.keys(optionalDependencies),
  );
  const named = new Set(
    Object.keys(packages).map((path) =>
      path.slice(path.lastIndexOf("node_modules/") + 13),
    ),
  );
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter((name) => !named.has(name))).toEqual([]);
});

it("locks the content of every package by its hash", () => {
  const { "": _ours, ...foreign } = packages;
  const bare = Object.entries(foreign)
    .filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-"))
    .map(([path]) => path);

  expect(Object.keys(foreign).length).toBeGreaterThan(200);
  expect(bare).toEqual([]);
});
