import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Locked {
  optionalDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

it("locks the packages of every platform: npm ci refuses a lock without them, on the machine that made it too", () => {
  const text = readFileSync(
    new URL("../../package-lock.json", import.meta.url),
    "utf8",
  );
  const packages = (JSON.parse(text) as { packages: Record<string, Locked> })
    .packages;
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
