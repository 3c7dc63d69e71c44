import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalogue } from "../../src/commands/catalogue.ts";
import type { CommandIo, Flags } from "../../src/commands/command-io.ts";
import { convert } from "../../src/commands/convert.ts";
import { exportFiles } from "../../src/commands/export.ts";
import { fleet } from "../../src/commands/fleet.ts";
import { land } from "../../src/commands/land.ts";
import { plan } from "../../src/commands/plan.ts";
import { promoteModel } from "../../src/commands/promote.ts";
import { publish } from "../../src/commands/publish.ts";
import { report } from "../../src/commands/report.ts";
import { run } from "../../src/commands/run.ts";
import type { Context } from "../../src/context.ts";
import { thisProcess } from "../../src/disk/lock-holder.ts";
import { readEnvironment } from "../../src/environment/environment.ts";
import { TOY_ENGINE } from "../support/command-line.ts";
import { storeContext } from "../support/store-context.ts";
import { GOOD_WEIGHTS } from "../support/toy-store.ts";

let root: string;
let out: string;
/** A command of this process, which lives, uses the folder. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "model-to-edge-own-"));
  out = join(root, "out");
  const own = join(out, "models/model");
  for (const folder of [join(root, "model"), own])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, "model/model.json"), '{"channels": 4}');
  writeFileSync(join(root, "model/toy.weights"), GOOD_WEIGHTS);
  const owner = { ...(await thisProcess()), token: "of-another-command" };
  for (const folder of [out, own])
    symlinkSync(JSON.stringify(owner), join(folder, "run.lock"));
});
afterAll(() => rmSync(root, { recursive: true }));

const io: CommandIo = {
  ...{ print: () => undefined, exit: () => undefined },
  stopAfter: () => undefined,
};

type Command = (ctx: Context, io: CommandIo, flags: Flags) => Promise<void>;
const COMMANDS: Record<string, Command> = {
  ...{ run, plan, convert, publish, report, fleet, land, catalogue },
  promote: promoteModel,
  export: (ctx, to, flags) =>
    exportFiles(ctx, to, [join(root, "model")], flags),
};

test.each(Object.entries(COMMANDS))(
  "%s waits for another command that uses its --out, before it does anything there",
  async (_, command) => {
    const stop = new AbortController();
    const said: string[] = [];
    const context = storeContext({
      cwd: root,
      root: resolve("."),
      environment: readEnvironment({
        MODEL_TO_EDGE_STORE: `file://${root}/s`,
        MODEL_TO_EDGE_ENGINES: TOY_ENGINE,
      }),
      signal: stop.signal,
    });
    context.log.info = (line) => {
      said.push(line);
      stop.abort(new Error("seen"));
    };

    const ended = command(context as Context, io, { out });
    await expect(ended).rejects.toThrow("seen");
    expect(said).toEqual([
      expect.stringMatching(
        /^another command uses the output folder .*\/out\b/,
      ),
    ]);
  },
);
