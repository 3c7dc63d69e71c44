import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { findEngine, listEngines } from "../../engine/catalogue.ts";
import { UsageError } from "../../errors.ts";
import { gitLines } from "../../gitlab/git.ts";
import type { Flags } from "../command-io.ts";

/** Where a project finds the component, and which engine it takes. */
export interface Coordinates {
  /** For `include: component:`. */
  component: string;
  /** Address of the schema of conversion.yaml. */
  schema: string;
  /** Null: the one that accepts the files. */
  engine: string | null;
  /** Names of all engines. */
  engines: string[];
}

/**
 * By `--component` and `--engine`, else by what a release stamped into package.json and the templates, and the engines'
 * catalogue. Throws `UsageError` for an engine that is not known and a path that is none.
 */
export async function coordinatesOf(
  ctx: Context,
  flags: Flags,
): Promise<Coordinates> {
  const { origin, path } = await stamped(ctx);
  const project = projectOf(flags) ?? path;
  const engines = await listEngines(ctx);
  const engine =
    flags.engine === undefined
      ? null
      : findEngine(engines, String(flags.engine));
  const [major] = ctx.version.split(".");

  return {
    component: `$CI_SERVER_FQDN/${project}/convert@${major}`,
    schema: `${(await serverOf(ctx)) ?? origin}/${project}/-/raw/${ctx.version}/schemas/conversion-config.schema.json`,
    engine: engine?.name ?? null,
    engines: engines.map(({ name }) => name),
  };
}

/** Server and project that the release was stamped for. */
async function stamped({ root }: Pick<Context, "root">) {
  const text = await readFile(join(root, "package.json"), "utf8");
  const { repository } = JSON.parse(text) as { repository: { url: string } };
  const { origin, pathname } = new URL(repository.url.replace(/^git\+/, ""));

  return { origin, path: pathname.slice(1).replace(/\.git$/, "") };
}

function projectOf({ component }: Flags): string | null {
  if (component === undefined) return null;
  const path = String(component).replace(/^\/+|\/+$/g, "");
  if (/^[\w.-]+(\/[\w.-]+)+$/.test(path)) return path;

  throw new UsageError(
    `--component must be a project's path such as ml/model-to-edge, not ${JSON.stringify(component)}`,
    {
      code: "setting",
      hint: "write what follows the server's name in the project's address",
    },
  );
}

/** The GitLab server of this checkout, by its remote `origin`; null where there is none. */
async function serverOf(ctx: Context): Promise<string | null> {
  const [address = ""] =
    (await gitLines(ctx, "remote", "get-url", "origin")) ?? [];
  const web = /^https?:\/\/(?:[^@/]*@)?([^/]+)\//.exec(address)?.[1];
  const ssh = /^(?:ssh:\/\/)?(?:[^@/\s]+@)([^:/]+)[:/]/.exec(address)?.[1];
  if (web) return `${address.startsWith("http:") ? "http" : "https"}://${web}`;

  return ssh ? `https://${ssh}` : null;
}
