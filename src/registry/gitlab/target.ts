import type { ModelKey } from "../release.ts";
import type { RegistryTarget } from "../target.ts";
import { aliasNames, readAlias, writeAlias } from "./aliases.ts";
import type { ModelRegistry } from "./model-registry.ts";
import { modelOfPackage, packageName } from "./names.ts";
import { gitlabNotes } from "./notes.ts";
import type { GitlabPackages } from "./packages.ts";
import { showVersion } from "./show-version.ts";
import {
  isWhole,
  packageAt,
  putVersion,
  readVersion,
} from "./version-package.ts";

/**
 * A project's package registry: a generic package for each model, a version of it for each release. GitLab has no
 * conditional writes, and takes a second file of a name: what holds, and what does not, is said in docs/registry.md.
 * `registry`: the project's model registry; null without a token for it.
 */
export function gitlabTarget(
  packages: GitlabPackages,
  registry: ModelRegistry | null,
): RegistryTarget {
  const link = `${packages.address.page}/-/packages`;

  return {
    url: packages.address.url,
    // Asks for something, so that a wrong token is known before anything is proved.
    verify: async () => void (await packages.list("model-to-edge")),
    models: () => modelsIn(packages),
    versions: async (model) => versionsOf(packages, packageName(model)),
    read: async (model, release) =>
      readVersion(packages, packageAt(model, release)),
    download: async (version, name, path) => {
      const at = packageAt(version, version.release);
      const now = await packages.files(at);
      const isThere = now.some((file) => file.name === name);
      if (isThere) await packages.save(at, name, path);
      return isThere;
    },
    put: async (release, files) => putVersion(packages, release, files),
    aliases: (model) => aliasNames(packages, model),
    alias: (model, name) => readAlias(packages, model, name),
    setAlias: (model, alias, change) =>
      writeAlias(packages, { model, alias }, change),
    notes: gitlabNotes(packages),
    link: () => link,
    ...(registry && {
      pages: {
        name: "GitLab's model registry",
        show: (release, files) =>
          showVersion(registry, { release, files, address: packages.address }),
      },
    }),
    datasets: null,
    close: async () => undefined,
  };
}

async function modelsIn(packages: GitlabPackages): Promise<ModelKey[]> {
  const names = new Set((await packages.list()).map(({ name }) => name));
  const models: ModelKey[] = [];
  for (const name of [...names].sort()) {
    const model = modelOfPackage(name);
    if (model && (await versionsOf(packages, name)).length > 0)
      models.push(model);
  }

  return models;
}

/** Packages that others made, and those that are not whole, are left out. */
async function versionsOf(
  packages: GitlabPackages,
  name: string,
): Promise<string[]> {
  const whole: string[] = [];
  for (const at of await packages.list(name))
    if (isWhole(await packages.files(at))) whole.push(at.version);

  return whole;
}
