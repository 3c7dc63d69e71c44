import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import { processesBelow } from "../child/children.ts";
import { canReach } from "../engine/rungs.ts";
import { TOY_ENGINE } from "../support/command-line.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";
import { canPlayWorlds, plainPath, WORLDS } from "../support/worlds.ts";
import { ALL, type HostileRow, QUICK } from "./hostile-rows.ts";

/** `npm run test:hostile`: all of them, on each machine. */
const EVERY = process.env.HOSTILE_MODELS === "all";
const rows = EVERY ? ALL : QUICK;
const worlds = EVERY ? WORLDS : WORLDS.slice(0, 1);

const GOOD = "just-good";
const NOBODY = 65_534;
const LIMITS = "version: 1\ndefaults:\n  limits: { files: 2000 }\n";

/** The rows beside one good model, and a temporary folder of their own; both may be another user's. */
function hostileStore(user: "root" | "nobody"): ToyStore & { tmp: string } {
  const store = toyStore({
    [GOOD]: {},
    ...Object.fromEntries(rows.map(({ kind }) => [kind, { misbehave: kind }])),
  });
  const tmp = join(store.root, "tmp");
  mkdirSync(tmp);
  writeFileSync(join(store.cwd, "conversion.yaml"), LIMITS);
  chmodSync(store.root, 0o755);
  if (user === "nobody")
    for (const path of ["", ...readdirSync(store.root, { recursive: true })])
      chownSync(join(store.root, String(path)), NOBODY, NOBODY);

  return { ...store, tmp };
}

/** As in a home: nobody but its owner may enter the folder above it. */
function closedEngine({ root, cwd }: ToyStore): string {
  const home = join(root, "home");
  const engine = join(home, "toy");
  cpSync(TOY_ENGINE, engine, { recursive: true });
  const { uid, gid } = statSync(cwd);
  for (const path of [home, engine]) {
    chmodSync(path, 0o700);
    chownSync(path, uid, gid);
  }

  return engine;
}

function outcomeOf(store: ToyStore, kind: string): HostileRow {
  const file = `model-to-edge-out/models/${kind}/conversion.json`;
  const { why, failure } = JSON.parse(
    readFileSync(join(store.cwd, file), "utf8"),
  ) as Conversion;

  return {
    kind,
    why: why as HostileRow["why"],
    ...(failure ? { code: failure.code } : {}),
  };
}

/** What `hostile_output.py` puts in the place of a weight. */
function isForeign(store: ToyStore, kind: string): boolean {
  const weight = Buffer.alloc(4);
  weight.writeFloatLE(-77);
  const model = join(store.branch, "edge", kind, "end2end.onnx");
  return readFileSync(model).includes(weight);
}

describe.skipIf(!canPlayWorlds || !canReach("bubblewrap", "uid"))(
  `${rows.length} hostile models beside a good one`,
  () => {
    it.each(worlds)(
      "$name: each costs itself, the good one ships, nothing is left",
      async ({ before, level, says, hasBubblewrap, user }) => {
        const store = hostileStore(user);
        const env = {
          HOME: store.cwd,
          TMPDIR: store.tmp,
          MODEL_TO_EDGE_ENGINES: closedEngine(store),
        };
        const run = await store.run(
          [
            ...["--isolation", "auto", "--publish", "passed"],
            ...["--timeout", "200s"],
          ],
          {
            before,
            env: hasBubblewrap ? env : { ...env, PATH: plainPath(store.root) },
          },
        );
        expect(run.stderr).toBe("");
        expect(run.stdout).toContain(`isolation: ${says}`);

        expect(rows.map(({ kind }) => outcomeOf(store, kind))).toEqual(rows);
        const { models, publication } = store.summary();
        expect(models.find(({ name }) => name === GOOD)).toMatchObject({
          why: "equal",
          isolation: level,
        });
        // The one that hangs is for the user to look at, which is said before a red.
        const code = rows.some(({ why }) => why === "not-converted") ? 2 : 1;
        expect([run.code, publication.status]).toEqual([code, "published"]);

        const shipped = rows.filter(({ why }) => why === "equal");
        expect(readdirSync(join(store.branch, "edge/")).sort()).toEqual(
          [GOOD, ...shipped.map(({ kind }) => kind)].sort(),
        );
        for (const { kind } of shipped)
          expect([kind, isForeign(store, kind)]).toEqual([kind, false]);

        expect(processesBelow(store.tmp)).toEqual([]);
        expect(readdirSync(store.tmp)).toEqual([]);
      },
      400_000,
    );
  },
);
