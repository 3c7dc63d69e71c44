import type { PromoteSettings } from "../../config/promote-options.ts";
import type { ReleaseSettings } from "../../config/release-settings.ts";
import type { Context } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import { checkedName } from "../../registry/layout.ts";
import type { ModelKey } from "../../registry/release.ts";
import type { VersionWish } from "../../version/next-version.ts";

/** Where the registry keeps the model: flags win over `release:`. Throws `UsageError` where a name is missing or unusable. */
export function keyOf(
  wishes: PromoteSettings,
  release: Partial<ReleaseSettings>,
): ModelKey {
  const algorithm = wishes.algorithm ?? release.algorithm;
  if (!algorithm)
    throw new UsageError(
      `the registry has a folder for each algorithm, and none is named for ${wishes.model}`,
      {
        code: "release-name",
        hint: `write \`release: {algorithm: CenterPoint}\` for ${wishes.model} into conversion.yaml, or give \`--algorithm\``,
      },
    );

  return {
    algorithm: checkedName("the algorithm", algorithm),
    name: checkedName(
      "the model's name",
      wishes.name ?? release.name ?? wishes.model,
    ),
  };
}

/** What the version is computed by. Throws `UsageError` where scheme and project do not go together. */
export function versionWish(
  { now }: Pick<Context, "now">,
  { version }: PromoteSettings,
  { scheme = "xyz", kind, project }: Partial<ReleaseSettings>,
): VersionWish {
  if ((scheme === "x.y.z-project.n") !== (project !== undefined))
    throw new UsageError(
      project === undefined
        ? "release.scheme is x.y.z-project.n, and release.project is missing"
        : `release.project is ${project}, but the scheme is ${scheme}`,
      {
        code: "version-not-allowed",
        hint: "write both of them into conversion.yaml, or neither",
      },
    );

  return {
    ...{ scheme, kind: kind ?? null, project: project ?? null },
    ...{ chosen: version, day: now() },
  };
}
