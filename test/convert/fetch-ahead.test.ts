import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { Conversion } from "../../src/convert/conversion.ts";
import {
  type AheadQuestion,
  mayFetchAhead,
} from "../../src/convert/fetch-ahead.ts";
import { canReach } from "../engine/rungs.ts";
import { type ToyStore, toyStore } from "../support/toy-store.ts";
import { canPlayWorlds, plainPath, WORLDS } from "../support/worlds.ts";

const GIB = 2 ** 30;

describe("the next model's files, while others are converted", () => {
  const question = (more: Partial<AheadQuestion>) =>
    mayFetchAhead({
      ...{ level: "bubblewrap", next: GIB, running: GIB, free: 100 * GIB },
      ...more,
    });

  test.each(["bubblewrap", "landlock", "uid", null] as const)(
    "are fetched where the engine cannot reach them: %s",
    (level) => expect(question({ level })).toBe(true),
  );

  test("are not fetched without isolation, where the engine could change what was proved", () =>
    expect(question({ level: "none" })).toBe(false));

  test("leave the disk to the engine: four times its inputs, and 1 GiB", () => {
    expect(question({ free: 6 * GIB })).toBe(true);
    expect(question({ free: 6 * GIB - 1 })).toBe(false);
    expect(question({ free: 2 * GIB, running: 0 })).toBe(true);
    expect(question({ free: 2 * GIB - 1, running: 0 })).toBe(false);
  });
});

interface Step {
  begin: number;
  end: number;
}

/** When a step of a model began and ended, in milliseconds. */
function stepOf(store: ToyStore, model: string, step: string): Step {
  const file = `model-to-edge-out/models/${model}/conversion.json`;
  const { timeline = [] } = JSON.parse(
    readFileSync(join(store.cwd, file), "utf8"),
  ) as Conversion;
  const span = timeline.find((candidate) => candidate.step === step);
  if (!span) throw new Error(`${model} has no ${step}`);

  const begin = new Date(span.started).getTime();
  return { begin, end: begin + span.seconds * 1000 };
}

/** A model that spies, and the one after it. */
function spied(): ToyStore {
  const store = toyStore({ first: { misbehave: "spy" }, next: {} });
  chmodSync(store.root, 0o755);
  const off = "[performance, metamorphic, shapes, extremes, behaviour]";
  writeFileSync(
    join(store.cwd, "conversion.yaml"),
    `version: 1\ndefaults:\n  validate: { off: ${off} }\n`,
  );

  return store;
}

const worlds = WORLDS.filter(({ name }) =>
  [
    "bubblewrap, root",
    "Landlock, a plain user",
    "no Landlock, root with all capabilities",
  ].includes(name),
);

describe.skipIf(!canPlayWorlds || !canReach("bubblewrap", "uid"))(
  "files that are fetched beside an engine",
  () => {
    it.each(worlds)(
      "are neither read nor changed by its model: $name",
      async ({ before, says, hasBubblewrap, user }) => {
        const store = spied();
        const tmp = join(store.root, "tmp");
        mkdirSync(tmp, { mode: 0o777 });
        if (user === "nobody")
          for (const path of [tmp, store.cwd]) chmodSync(path, 0o1777);
        const env = { HOME: store.cwd, TMPDIR: tmp };
        const run = await store.run(
          ["--isolation", "auto", "--publish", "none"],
          {
            before,
            env: hasBubblewrap ? env : { ...env, PATH: plainPath(store.root) },
          },
        );
        expect([run.code, run.stdout]).toEqual([
          0,
          expect.stringContaining(`isolation: ${says}`),
        ]);
        const fetched = stepOf(store, "next", "download");
        const engine = stepOf(store, "first", "engine");
        expect(fetched.begin).toBeGreaterThanOrEqual(engine.begin);
        expect(fetched.end).toBeLessThan(engine.end - 1000);

        const log = "model-to-edge-out/models/first/engine.log";
        expect(readFileSync(join(store.cwd, log), "utf8")).not.toMatch(
          /read|changed/,
        );
        expect(store.summary().models.map(({ ships }) => ships)).toEqual([
          true,
          true,
        ]);
      },
    );

    it("are not there without isolation", async () => {
      const store = spied();
      expect((await store.run(["--publish", "none"])).code).toBe(0);
      expect(stepOf(store, "next", "download").begin).toBeGreaterThan(
        stepOf(store, "first", "engine").end,
      );
    });
  },
);
