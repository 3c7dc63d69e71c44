import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Paths from the root that a file names, without their patterns. */
function missing(paths: string[]): string[] {
  return paths
    .map((path) => path.replace(/\/\*\*?$/, ""))
    .filter((path) => !existsSync(`${ROOT}${path}`));
}

it("asks the owners of folders that are there", () => {
  const text = readFileSync(`${ROOT}.gitlab/CODEOWNERS`, "utf8");
  const paths = [...text.matchAll(/^\/(\S+) @@/gm)].map(([, path]) => path);
  expect(paths.length).toBeGreaterThan(5);
  expect(missing(paths as string[])).toEqual([]);
});

it("keeps Renovate from folders that are there", () => {
  const text = readFileSync(`${ROOT}renovate.json`, "utf8");
  const { ignorePaths } = JSON.parse(text) as { ignorePaths: string[] };
  expect(missing(ignorePaths)).toEqual([]);
});
