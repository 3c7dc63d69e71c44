import { commaList, readEngineTable } from "../config/engine-table.ts";
import { engineImageOf, type FleetSettings } from "../config/fleet-options.ts";
import type { Environment } from "../environment/environment.ts";
import { UsageError } from "../errors.ts";
import type { Runner } from "./child-pipeline.ts";

/** Where the jobs of an engine run: by its own entry, else by what holds for all. */
export interface Runners {
  small: Runner;
  engine(name: string): Runner;
}

/**
 * Images and tags by engine. Throws `UsageError` where an entry is not of the form `ENGINE=VALUE`, and where an engine
 * has no image.
 */
export function runnersOf(
  settings: Pick<
    FleetSettings,
    "image" | "engineImages" | "childTags" | "engineTags"
  >,
  environment: Pick<Environment, "option">,
): Runners {
  const tags = readEngineTable("engine-tags", settings.engineTags);
  const all = commaList(settings.childTags);

  return {
    small: { image: settings.image, tags: all },
    engine: (name) => {
      const own = tags.get(name);
      const image = engineImageOf(environment, name, settings.engineImages);
      if (image === null) throw withoutImage(name);

      return { image, tags: own === undefined ? all : commaList(own) };
    },
  };
}

function withoutImage(engine: string): UsageError {
  return new UsageError(`no image is named for the engine ${engine}`, {
    code: "setting",
    hint: `name it: \`--engine-images "${engine}=IMAGE"\` (input engine-images)`,
  });
}
