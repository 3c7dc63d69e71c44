import { readdir, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isMisnamed, misnamed } from "../config/config-name.ts";
import { parseConversionYaml } from "../config/conversion-yaml.ts";
import {
  type ConfigLayer,
  profileNames,
  templateNames,
} from "../config/model-settings.ts";
import { policyProfiles } from "../config/read-profiles.ts";
import { policyTemplates } from "../config/read-templates.ts";
import type { Context } from "../context.ts";
import { type Engine, listEngines } from "../engine/catalogue.ts";
import { looseningOptions, optionProblems } from "../engine/options.ts";
import { recipeHash, sharedHash } from "../engine/recipe.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import type { PlanEngine } from "./choose-engine.ts";

/** All engines with what a plan needs to know of them; the files of one that no model needs are not read. */
export async function planEngines(
  ctx: Pick<Context, "cwd" | "environment" | "root">,
): Promise<(PlanEngine & { engine: Engine })[]> {
  const engines = await listEngines(ctx);
  const shared = lazy(() => sharedHash(ctx.root));

  return Promise.all(
    engines.map(async (engine) => {
      const recipe = lazy(() => recipeHash(engine, shared()));

      return {
        engine,
        description: engine,
        get recipe() {
          return recipe();
        },
        loosening: await looseningOptions(engine),
        optionProblems: (options: Record<string, unknown>) =>
          optionProblems(engine, options),
      };
    }),
  );
}

function lazy(make: () => string): () => string {
  let made: string | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/** `conversion.yaml` of the Git repository; null where there is none and none was named. Throws for one with nearly its name. */
export async function repositoryConfig(
  ctx: Pick<Context, "cwd">,
  named: string | null,
  engines: readonly PlanEngine[],
): Promise<ConfigLayer | null> {
  const file = named ?? "conversion.yaml";
  let text: string;

  try {
    text = await readFile(resolve(ctx.cwd, file), "utf8");
  } catch (error) {
    nullUnlessPrevented(error);
    if (named === null && (error as NodeJS.ErrnoException).code === "ENOENT")
      return noneIn(ctx.cwd);
    throw new UsageError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
      {
        code: "config-missing",
        hint: "correct `--config` (input config); it is relative to the folder where the command runs",
      },
    );
  }

  const names = engines.map(({ description }) => description.name);
  const parsed = await parseConversionYaml(text, file, names);

  if ("config" in parsed) {
    const folder = dirname(resolve(ctx.cwd, file));
    const profiles = await policyProfiles(profileNames(parsed.config), folder);
    const wanted = templateNames(parsed.config);
    const templates = await policyTemplates(wanted, folder);
    return { file, config: parsed.config, profiles, templates };
  }

  const lines = parsed.problems.map(
    (problem) => `${file}:${problem.line}:${problem.column} ${problem.message}`,
  );

  throw new UsageError(lines.join("\n"), {
    code: "config",
    hint: "correct the file: docs/configuration.md lists all keys",
  });
}

async function noneIn(folder: string): Promise<null> {
  const names = await readdir(folder).catch(nullUnlessPrevented);
  const wrong = names?.find(isMisnamed);
  if (wrong !== undefined) throw misnamed(wrong);

  return null;
}

/** `image@sha256:…` where the job names its image so; only such an image promises equal bytes. */
export function digestOf(image: string | null): string | null {
  return image !== null && /@sha256:[0-9a-f]{64}$/.test(image) ? image : null;
}
