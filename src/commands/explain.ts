import type { Context } from "../context.ts";
import { removeLeftWork } from "../disk/work-folder.ts";
import { UsageError } from "../errors.ts";
import { explainModel, type Part } from "../plan/explain.ts";
import { preparePlan } from "../plan/prepare-plan.ts";
import { suggestion } from "../text/nearest.ts";
import { CHECKS_VERSION } from "../validate/checks/registry.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { withSession } from "./session.ts";

/** Says why a model is or is not up to date; changes nothing. */
export function explain(
  ctx: Context,
  io: CommandIo,
  name: string,
  flags: Flags,
): Promise<void> {
  return withSession(ctx, io, flags, async ({ settings, out, store }) => {
    await removeLeftWork(out, { now: ctx.now(), isAlone: false });
    const plan = await preparePlan(ctx, {
      settings: { ...settings, publish: "none", models: null },
      store,
      checks: CHECKS_VERSION,
      proveBytes: true,
    });

    const model = plan.models.find((candidate) => candidate.name === name);
    if (!model) {
      const names = plan.models.map((planned) => planned.name);
      throw new UsageError(
        `${store.url}, branch ${plan.store.branch}, has no model ${name}: ${suggestion(name, names)}`,
        { code: "model-unknown", hint: "name a folder of model/" },
      );
    }

    const { answer, parts } = explainModel(model);
    io.print(`${[answer, ...parts.map(lineOf)].join("\n")}\n`);
  });
}

function lineOf({ name, same, detail }: Part): string {
  const mark = same === null ? "?" : same ? "=" : "≠";
  return `  ${mark} ${name}: ${detail}`;
}
