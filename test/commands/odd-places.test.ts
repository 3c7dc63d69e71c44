import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandLine } from "../support/command-line.ts";
import { published, setUp } from "./promoting.ts";

it("odd places end with exit code 2, what is wrong and what to write", async () => {
  const { store, registry } = setUp();
  await published(store);
  writeFileSync(join(store.cwd, "file"), "mine");
  mkdirSync(join(store.cwd, "empty"));
  const { url } = store;
  const place = `${url}/main/det`;
  const edge = join(store.branch, "edge/det");
  const promote = ["promote", "--store", url, "--model", "det", "--to"];
  const away = { TMPDIR: "/nonexistent" };
  const temporary =
    /the temporary folder \/nonexistent cannot be written \(ENOENT\)\n.*set TMPDIR/;

  const rows: [string[], RegExp, Record<string, string>?][] = [
    [
      [...promote, `file://${registry}%2Fx`],
      /names no registry\n.*write % as %25, and no \/ as %2F/,
    ],
    [
      [...promote, `file://${registry}?a=b`],
      /names no registry\n.*write # as %23 and \? as %3F/,
    ],
    [
      ["catalogue", "--store", url, "--out", "file"],
      /cannot write .*file\/\.scratch .*\n.*another folder/,
    ],
    [["validate", edge], temporary, away],
    [["diff", edge, edge], temporary, away],
    [
      ["fetch", `${place}/`, "got"],
      /branch det does not exist in the store\n.*if det is a model, write no `\/` after it/,
    ],
    [
      ["run", "--store", `file://${store.cwd}/empty`, "--model-branch", "main"],
      /has no branch main\n.*correct `--model-branch`, or upload models to this branch/,
    ],
  ];

  for (const [args, words, env = {}] of rows) {
    const { code, stdout } = await commandLine(args, { cwd: store.cwd, env });
    expect({ args, code, stdout }).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(words),
    });
  }
});
