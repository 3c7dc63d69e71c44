import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

it.each(["src", "components"])(
  "README's map has each folder of %s",
  (parent) => {
    const [, map = ""] = readFileSync(`${ROOT}README.md`, "utf8").split(
      /^## Map$/m,
    );
    const folders = readdirSync(`${ROOT}${parent}`, { withFileTypes: true })
      // Not what linters keep there.
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name);

    expect(folders.length).toBeGreaterThan(5);
    expect(folders.filter((name) => !map.includes(`${name}/\``))).toEqual([]);
  },
);
