import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { Handover } from "../../config/handover-settings.ts";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import type { RegistryTarget, VersionNotes } from "../target.ts";

/**
 * Looks, before anything is promoted, whether each hand-over can be: its program is here, its variables are set, and the
 * registry can record it. Throws `UsageError` that names what is missing.
 */
export async function checkHandovers(
  ctx: Pick<Context, "cwd" | "environment">,
  target: RegistryTarget,
  handovers: readonly Handover[],
): Promise<void> {
  for (const handover of handovers) {
    notesOf(target, handover);
    const missing = handover.env.filter(
      (name) => ctx.environment.named(name) === null,
    );
    if (missing.length > 0)
      throw new UsageError(
        `the hand-over ${handover.name} needs ${missing.map((name) => `\`${name}\``).join(" and ")}, and this job does not have it`,
        {
          code: "handover-variable",
          hint: "add it in GitLab under Settings > CI/CD > Variables (a protected one is only there on protected branches and tags), or take it out of `env` in conversion.yaml",
        },
      );

    if (!(await isProgramHere(ctx, handover))) throw noProgram(handover);
  }
}

/** Throws `UsageError` where the registry cannot record what was handed over: a retry would send it again. */
export function notesOf(
  { notes, url }: RegistryTarget,
  { name }: Pick<Handover, "name">,
): VersionNotes {
  if (notes) return notes;

  throw new UsageError(
    `${url} cannot record what was handed over, so that the hand-over ${name} would send all files again with each retry`,
    {
      code: "handover-record",
      hint: "promote to a registry in S3, a folder, GitLab or MLflow, or take `handover` out of conversion.yaml",
    },
  );
}

/** On the PATH, or by its path from the repository's root. */
export async function isProgramHere(
  { cwd, environment }: Pick<Context, "cwd" | "environment">,
  { run: [program = ""] }: Pick<Handover, "run">,
): Promise<boolean> {
  const places = program.includes("/")
    ? [resolve(cwd, program)]
    : environment.path
        .split(delimiter)
        .map((folder) => resolve(cwd, join(folder, program)));

  for (const place of places) if (await isProgram(place)) return true;
  return false;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not for us: the next place on the PATH may have it.
    return false;
  }
}

function noProgram({ name, run, install }: Handover): UsageError {
  const [program] = run;

  return new UsageError(
    `the hand-over ${name} runs \`${program}\`, which is not on this machine`,
    {
      code: "handover-tool",
      hint: `${install ?? `install \`${program}\` in the image of the job, or name it by its path in the repository (\`./scripts/…\`)`}; nothing was promoted`,
    },
  );
}
