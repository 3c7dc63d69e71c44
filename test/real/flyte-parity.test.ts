import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: the types beside it mislead the rule
import { ENGINES } from "../../scripts/parts/real-parts.mjs";
import { enginesUnderContract } from "../engine/under-contract.ts";
import {
  compare,
  convertTask,
  differences,
  enginesWithWorkflow,
  flytePackages,
  runWorkflow,
  tasksOf,
} from "./flyte-parity.ts";

const packages = flytePackages();
const workflows = enginesWithWorkflow();
/** One of them in `npm test`, all by `npm run test:flyte`. */
const ALL = process.env.FLYTE === "all";
const engines = (await enginesUnderContract())
  .filter(({ name }) => workflows.includes(name))
  .filter(({ name }) => ALL || ENGINES.includes(name))
  .slice(0, ALL ? undefined : 1);

it("has a workflow of an engine that every run of the tests has", () => {
  expect(engines).not.toEqual([]);
});

describe.each(engines)("flytekit's plugin and the engine $name", (engine) => {
  const scratch = mkdtempSync(join(tmpdir(), "flyte-parity-"));
  const folder = join(scratch, "models");
  const tasks = engine.python === null ? [] : tasksOf(engine, scratch);
  const isHere = packages !== null && engine.python !== null;
  const listed = differences(engine.name);
  const met = new Set<string>();
  let count = 0;
  const made = new Map<string, Promise<string>>();
  const ours = (task: string, options: Record<string, unknown>) => {
    const known =
      made.get(task) ??
      convertTask(engine, join(folder, task), options, `${scratch}/${++count}`);
    made.set(task, known);
    return known;
  };

  beforeAll(() => {
    if (isHere) runWorkflow(engine, packages ?? "", folder);
  }, 300_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it.skipIf(!isHere)("have several tasks in common", () => {
    expect(tasks.length).toBeGreaterThan(1);
  });

  it.skipIf(!isHere).each(tasks)(
    "make the same graph of $name, with options read from its file",
    async ({ name, options }) => {
      expect(Object.keys(options)).not.toEqual([]);

      const theirs = join(folder, `${name}.onnx`);
      const { lost, needed, ...found } = compare(
        engine,
        theirs,
        await ours(name, options),
      );
      expect(found).toEqual({ same: true, difference: [] });
      for (const step of needed) met.add(step);
      expect(lost.ours).toEqual([]);
      expect(lost.theirs.length > 0).toBe(name.endsWith("_without_weights"));
    },
    300_000,
  );

  it.skipIf(!isHere || !listed)(
    "differ in what docs/from-flytekit.md lists alone",
    () => {
      expect([...met].sort()).toEqual([...(listed ?? [])].sort());
    },
  );

  it.skipIf(!isHere)(
    "do not make the same graph of another model",
    async () => {
      const [first, second] = tasks;
      const theirs = join(folder, `${first?.name}.onnx`);
      const other = await ours(second?.name ?? "", second?.options ?? {});
      expect(compare(engine, theirs, other).same).toBe(false);
    },
    300_000,
  );
});
