import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../src/error-codes.ts";
import { pageAbout } from "../../src/report/note-links.ts";
import { errorPage } from "../../src/text/docs-address.ts";
import { CHECKS } from "../../src/validate/checks/registry.ts";

const read = (path: string) => readFileSync(path, "utf8");
const sources = (folder: string, wanted: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => wanted.test(path))
    .map(read)
    .join("\n");
const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, word = ""]) => word);

const page = read("docs/errors.md");
const sections = found(page, /^### (\S+)$/gm);
const ours = sources("src", /(?<!error-codes)\.ts$/);
const engines = sources("components", /^(?!components\/_template).*\.py$/);

/** What engines raise: as a word, in the table of the machine's faults, or made from a word of theirs. */
const raised = [
  ...found(engines, /Failure\(\s*"[a-z]+",\s*"([a-z-]+)"/g),
  ...found(engines, /errno\.[A-Z]+: \("([a-z-]+)",/g),
];
const made = found(engines, /Failure\(\s*"[a-z]+",\s*f"([^"]+)"/g).map(
  (word) => new RegExp(`^${word.replaceAll(/\{[^}]*\}/g, "[a-z]+")}$`),
);

/** As GitLab makes it of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

describe("docs/errors.md", () => {
  it("has a section on each error of this program and of its engines, and on nothing else", () => {
    const known = new Set<string>([...ERROR_CODES, ...raised]);
    expect([...known].filter((code) => !sections.includes(code))).toEqual([]);
    expect(
      sections.filter(
        (code) => !known.has(code) && !made.some((word) => word.test(code)),
      ),
    ).toEqual([]);
    expect(
      made.filter((word) => !sections.some((code) => word.test(code))),
    ).toEqual([]);
    expect(sections).toEqual([...new Set(sections)]);
  });

  it("says of each the cause and what to do", () => {
    const texts = page.split(/^### /m).slice(1);
    expect(
      texts.filter((text) => !/\n_Cause:_ \S.*\n\n_Do:_ \S/.test(text)),
    ).toEqual([]);
  });

  it("names no code that nothing raises", () => {
    expect(ERROR_CODES.filter((code) => !ours.includes(`"${code}"`))).toEqual(
      [],
    );
  });
});

describe("where messages lead", () => {
  const pages = [
    errorPage("branch-missing"),
    pageAbout({
      check: "x",
      status: "failed",
      code: "checkpoint-mismatch",
      parts: [],
    }),
    ...CHECKS.map(({ name }) =>
      pageAbout({ check: name, status: "wrong", code: "x", parts: [] }),
    ),
    "what-green-means.md",
  ];

  it.each([...new Set(pages)])("%s is there", (address) => {
    const [file = "", anchor] = address.split("#");
    const anchors = found(read(`docs/${file}`), /^#+ (.+)$/gm).map(anchorOf);
    if (anchor !== undefined) expect(anchors).toContain(anchor);
  });
});
