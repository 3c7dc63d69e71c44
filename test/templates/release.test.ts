import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const STAMPED = [
  "package.json",
  "package-lock.json",
  "CHANGELOG.md",
  "templates",
  "scripts",
];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-release-"));
  for (const path of STAMPED)
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  mkdirSync(join(folder, "docs"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function release(...words: string[]): string {
  try {
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    return execFileSync(process.execPath, ["scripts/release.mjs", ...words], {
      cwd: folder,
      encoding: "utf8",
      stdio,
    });
  } catch (error) {
    return `failed: ${(error as { stderr: string }).stderr}`;
  }
}

describe("a release", () => {
  it("is refused where the files do not hold the tag's version, and says how to stamp them", () => {
    expect(release("check", "9.8.7")).toMatch(
      /^failed: 9\.8\.7 cannot be released: package\.json says .+ CHANGELOG/,
    );
    expect(release("check", "9.8.7", "acme/edge")).toContain(
      "hint: node scripts/release.mjs stamp 9.8.7 acme/edge",
    );
    expect(release("check", "v1.0.0")).toContain("not a semantic version");
  });

  it("is fine once it is stamped, under the path of the project that holds the images", () => {
    release("stamp", "9.8.7", "acme/edge");
    expect(release("check", "9.8.7", "acme/edge")).toBe("");
    expect(release("check", "9.8.7", "other/path")).toContain(
      "takes its image from acme/edge, not other/path",
    );
    const convert = readFileSync(join(folder, "templates/convert.yml"), "utf8");
    for (const image of ["mmdeploy", "mmdeploy-cuda"])
      expect(convert).toContain(`$CI_REGISTRY/acme/edge/${image}:9.8.7\n`);
    expect(
      JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")),
    ).toMatchObject({
      version: "9.8.7",
      packages: { "": { version: "9.8.7" } },
    });
    const named = readFileSync(join(folder, "package.json"), "utf8");
    expect(named.match(/acme\/edge(\.git|\/-\/issues)"/g)).toHaveLength(2);
    expect(release("notes", "9.8.7")).toContain("### Added");
    expect(release("notes", "9.8.6").trim()).toBe("");
  });

  it("is not stamped twice from an empty changelog", () => {
    release("stamp", "9.8.7");
    expect(release("stamp", "9.8.8")).toContain(
      "says nothing under [Unreleased]",
    );
  });
});
