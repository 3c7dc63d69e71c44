import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
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
  // As between two releases.
  const changelog = join(folder, "CHANGELOG.md");
  const text = readFileSync(changelog, "utf8");
  writeFileSync(
    changelog,
    text.replace("[Unreleased]\n", "[Unreleased]\n\n### Added\n\n- More.\n"),
  );
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
  it("is prepared: every template and the changelog hold the package's version", () => {
    const { version } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    expect(release("check", version)).toBe("");
  });

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

  it("can be stamped for another project alone: templates, package, and what the pages show", () => {
    const page = join(folder, "docs/page.md");
    const { repository } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    const [, was = ""] = /\/\/[^/]+\/(.+)\.git$/.exec(repository.url) ?? [];
    writeFileSync(page, `a $CI_SERVER_FQDN/${was}/land@1, ${was} as such\n`);
    const before = readFileSync(join(folder, "CHANGELOG.md"), "utf8");

    expect(release("project", "acme/edge/tool")).toBe("");
    expect(readFileSync(page, "utf8")).toBe(
      `a $CI_SERVER_FQDN/acme/edge/tool/land@1, ${was} as such\n`,
    );
    const { version } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    for (const [name, image] of [
      ["convert", "mmdeploy"],
      ["land", "runner"],
    ])
      expect(
        readFileSync(join(folder, `templates/${name}.yml`), "utf8"),
      ).toContain(`$CI_REGISTRY/acme/edge/tool/${image}:${version}\n`);
    expect(readFileSync(join(folder, "CHANGELOG.md"), "utf8")).toBe(before);
    expect(release("project", "https://x.example/y")).toContain(
      "is not a project's path",
    );
  });

  it("is not stamped twice from an empty changelog", () => {
    release("stamp", "9.8.7");
    expect(release("stamp", "9.8.8")).toContain(
      "says nothing under [Unreleased]",
    );
  });
});
