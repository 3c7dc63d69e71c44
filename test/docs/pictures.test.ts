import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FOLDER = "docs/pictures";
/** Bytes: they travel with the package. */
const LARGEST = 150_000;
const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

const docs = readdirSync("docs").filter((name) => name.endsWith(".md"));
const pages = ["README.md", ...docs.map((name) => `docs/${name}`)];

/** Pictures that the pages show, with their alternative text. */
const shown = pages.flatMap((page) =>
  [...readFileSync(page, "utf8").matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(
    ([, alt = "", path = ""]) => ({
      page,
      alt,
      file: join(page, "..", path),
    }),
  ),
);

describe("the pictures of the product", () => {
  it("are on these pages", () => {
    expect([...new Set(shown.map(({ page }) => page))].sort()).toEqual([
      "README.md",
      "docs/catalogue.md",
      "docs/getting-started.md",
      "docs/report.md",
      "docs/troubleshooting.md",
    ]);
  });

  it.each(shown)("$file on $page is a small PNG with a text", (picture) => {
    const bytes = readFileSync(picture.file);
    expect(bytes.subarray(0, 8).equals(SIGNATURE)).toBe(true);
    expect(bytes.length).toBeLessThan(LARGEST);
    expect(picture.alt.length).toBeGreaterThan(30);
  });

  it("are all shown somewhere", () => {
    const used = new Set(shown.map(({ file }) => file));
    const there = readdirSync(FOLDER).map((name) => join(FOLDER, name));
    expect(there.filter((file) => !used.has(file))).toEqual([]);
  });
});
