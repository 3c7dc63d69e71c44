import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

it("says the order of rooms that is held", async () => {
  const layers = new URL("../../scripts/rules/layers.mjs", import.meta.url);
  const { ORDER } = (await import(layers.href)) as { ORDER: string[][] };
  const page = readFileSync(`${ROOT}CONTRIBUTING.md`, "utf8");
  const [, said = ""] =
    /Imports go down: ([\s\S]+?), then the files/.exec(page) ?? [];

  const rooms = [...said.matchAll(/`([a-z.]+)`/g)].map(([, room]) => room);
  expect(rooms).toEqual(ORDER.flat());
});
