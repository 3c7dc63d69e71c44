import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const texts = new URL("../../scripts/rules/texts.mjs", import.meta.url);
const { readTexts } = (await import(texts.href)) as {
  readTexts(root: string): { file: string; text: string }[];
};
const page = readFileSync(`${ROOT}docs/troubleshooting.md`, "utf8");
const messages = page.slice(
  page.indexOf("## Messages"),
  page.indexOf("## GitLab"),
);
const rows = [...messages.matchAll(/^\| _(.+?)_ +\|/gm)].map(
  ([, message = ""]) => message,
);

/** What programs print, without the marks of code; values stand in it as `${…}` or `{…}`. */
const printed = readTexts(ROOT)
  .filter(({ file }) => /\.(ts|py)$/.test(file))
  .map(({ text }) => text.replaceAll(/\\?`/g, ""))
  .join("\n");

it("lists errors and lines", () => {
  expect(rows.length).toBeGreaterThan(20);
});

it.each(rows)("_%s_ is what a program prints", (message) => {
  const parts = message
    .split("…")
    .map((part) => part.replaceAll(/^[\s,;:.]+|[\s,;:.]+$/g, ""));
  const missing = parts.filter(
    (part) => part !== "" && !printed.includes(part),
  );
  expect(missing).toEqual([]);
});
