import type { AcceptedFile } from "../engine/protocol.ts";
import type { StoreObject } from "../store/store.ts";

/** A folder that may be a model: `{branch}/model/` itself, or a child of it. */
export interface ModelFolder {
  name: string;
  /** Store path without a `/` at the end. */
  folder: string;
  /** Paths below the folder. */
  files: (StoreObject & { relative: string })[];
}

/** Name of the model when `model/` itself is one. */
export const FLAT_NAME = "model";

/**
 * Groups the objects below `modelPath`. `model/` is one model where files of a role that an engine needs lie
 * directly in it; else each child folder is one. `mixed` names the child folders that also look like models.
 */
export function findModels(
  objects: readonly StoreObject[],
  modelPath: string,
  isNeeded: (relative: string) => boolean,
): { models: ModelFolder[]; mixed: string[] } {
  const prefix = `${modelPath}/`;
  const inside = objects
    .filter(({ path }) => path.startsWith(prefix) && !path.endsWith("/"))
    .map((object) => ({
      ...object,
      relative: object.path.slice(prefix.length),
    }));

  const flat = inside.some(
    ({ relative }) => !relative.includes("/") && isNeeded(relative),
  );

  const children = new Map<string, ModelFolder>();

  for (const file of inside) {
    const slash = file.relative.indexOf("/");
    // What cannot be read may be a model's folder.
    if (slash < 0 && file.problem === undefined) continue;

    const name = slash < 0 ? file.relative : file.relative.slice(0, slash);
    const model = children.get(name) ?? {
      name,
      folder: prefix + name,
      files: [],
    };

    model.files.push({
      ...file,
      relative: file.relative.slice(name.length + 1),
    });
    children.set(name, model);
  }

  if (!flat) return { models: [...children.values()], mixed: [] };

  const mixed = [...children.values()].filter(({ files }) =>
    files.some(({ relative }) => !relative.includes("/") && isNeeded(relative)),
  );

  return {
    models: [{ name: FLAT_NAME, folder: modelPath, files: inside }],
    mixed: mixed.map(({ name }) => name),
  };
}

/** Roles that an engine cannot do without. */
export function neededRoles(accepts: readonly AcceptedFile[]): AcceptedFile[] {
  return accepts.filter(({ count }) => count === "one");
}
