import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/report/summary.ts";
import { commandLine } from "../support/command-line.ts";
import {
  type LakefsServer,
  realLakefs,
  startLakefs,
} from "../support/lakefs-server.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";
import { DataBranch } from "./data-branch.ts";

const parts = await realLakefs();
const CONFIG = '{"channels":4}';

/** Names of models, and what is said of each; lakeFS takes them all as keys. */
const REFUSED: [name: string, says: RegExp][] = [
  [".", /"\." is not a name/],
  ["..", /"\.\." is not a name/],
  ["a\0b", /NUL/],
  ["a\nb", /control character/],
  ["a\u001b[31mb", /control character/],
  ["检".repeat(29), /takes 261 bytes/],
  ["l".repeat(256), /longer than 255 bytes/],
];
const SHIPS = [
  "back\\slash",
  "end.",
  "end ",
  "检".repeat(26),
  " lead",
  "a%2Fb",
];
/** A file beside the two of a good model. */
const ODD_FILES: [name: string, file: string, says: RegExp][] = [
  ["leaves", "../../../etc/x", /"\.\." is not a name/],
  ["double", "a//b", /"" is not a name/],
  ["bell", "a\u0007", /control character/],
  ["long", "检".repeat(90), /longer than 255 bytes/],
];

describe.skipIf(!parts)("keys of a real lakeFS that cannot be files", () => {
  let server: LakefsServer;
  const cwd = mkdtempSync(join(tmpdir(), "model-to-edge-"));
  beforeAll(async () => {
    if (parts) server = await startLakefs(parts);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(cwd, { recursive: true, force: true });
  });

  it("refuse their model by name, and the others ship", {
    timeout: 300_000,
  }, async () => {
    const repository = await server.repository();
    const branch = new DataBranch(server, repository, "main");
    const model = (name: string) => ({
      [`model/${name}/model.json`]: CONFIG,
      [`model/${name}/toy.weights`]: GOOD_WEIGHTS,
    });

    for (const [name] of REFUSED) await branch.upload(model(name));
    for (const [name, file] of ODD_FILES)
      await branch.upload({ ...model(name), [`model/${name}/${file}`]: "x" });
    await branch.upload({ "model//toy.weights": GOOD_WEIGHTS });
    for (const name of SHIPS) await branch.upload(model(name));
    await branch.commit(model("good"));

    const args = ["run", "--store", `lakefs://${repository}`];
    const run = await commandLine(
      [
        ...args,
        "--model-branch",
        "main",
        "--isolation",
        "none",
        "--publish",
        "passed",
      ],
      { cwd, env: server.env },
    );
    expect({ code: run.code, errors: run.stderr }).toMatchObject({ code: 2 });
    for (const raw of ["\u0007", "\u001b[31mb"])
      expect(run.stdout).not.toContain(raw);

    const file = join(cwd, "model-to-edge-out/summary.json");
    const { models } = JSON.parse(readFileSync(file, "utf8")) as Summary;
    const shipped = models.filter(({ ships }) => ships).map(({ name }) => name);
    expect(shipped.sort()).toEqual([...SHIPS, "good"].sort());

    const said = models
      .filter(({ ships }) => !ships)
      .map(({ sentence }) => sentence);
    const wanted = [
      ...REFUSED.map(([, says]) => says),
      ...ODD_FILES.map(([, , says]) => says),
      /it is empty/,
    ];
    expect(said).toHaveLength(wanted.length);
    for (const says of wanted) expect(said.join("\n")).toMatch(says);
  });
});
