import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { edgeChange, options, useStore } from "../harness.ts";
import { folderStore } from "./folder-store.ts";

const at = useStore(folderStore);

/** The store's own place. */
const own = (...names: string[]) =>
  join(fileURLToPath(at.store.url), ".model-to-edge", ...names);

const LANDING = {
  ...{ kind: "file-landing-record", version: 1, id: "1-2", source: "topic" },
  ...{ publication: null, models: [] },
};

test.each([
  ["a newer version", { ...LANDING, version: 2 }, "document-version"],
  ["another kind", { ...LANDING, kind: "x" }, "landing-interrupted"],
  ["no models", { ...LANDING, models: undefined }, "landing-interrupted"],
])(
  "the record of a landing, of %s, is an error that names it",
  async (_, record, code) => {
    await mkdir(own("landings"), { recursive: true });
    const file = own("landings", "main.open.json");
    await writeFile(file, JSON.stringify(record));

    await expect(at.store.head("main")).rejects.toMatchObject({
      ...{ exitCode: 2, code, message: expect.stringContaining(file) },
    });
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(
      JSON.parse(JSON.stringify(record)),
    );
  },
);

test.each([
  [
    "a newer version",
    (text: string) => text.replace('"version": 1', '"version": 2'),
  ],
  ["which the end is missing", (text: string) => text.slice(0, -3)],
  ["another kind", (text: string) => text.replace("file-kept", "x")],
])(
  "what a draft kept, in a record of %s, is not taken over",
  async (_, change) => {
    const { draft, ref } = await at.newDraft();
    const folder = await at.folder({ m: "1" });
    const put = await draft.put(folder, ["m"], "edge/a/");
    await draft.keep(edgeChange(put), options);
    expect(await at.store.kept(ref)).not.toBeNull();

    const place = own("drafts", ref.id);
    const name = (await readdir(place)).find((each) =>
      each.startsWith("kept-"),
    );
    const file = join(place, name ?? "");
    await writeFile(file, change(await readFile(file, "utf8")));
    expect(await at.store.kept(ref)).toBeNull();
  },
);
