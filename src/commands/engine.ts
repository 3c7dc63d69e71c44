import type { Context } from "../context.ts";
import { listEngines as enginesOf, findEngine } from "../engine/catalogue.ts";
import { engineEnvironment } from "../engine/environment.ts";
import { installEngine as install } from "../engine/install.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** `--json`: `[{name, title, installed, python, versions}]`. */
export async function listEngines(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const rows = [];
  for (const engine of await enginesOf(ctx)) {
    const { installed, python, versions } = await engineEnvironment(
      ctx,
      engine,
    );
    rows.push({
      name: engine.name,
      title: engine.title,
      installed,
      python,
      versions,
    });
  }

  if (flags.json) return io.print(`${JSON.stringify(rows, null, 2)}\n`);

  for (const { name, title, installed, python, versions } of rows) {
    const packages = Object.entries(versions).map(
      ([what, version]) => `${what} ${version}`,
    );

    const state = installed
      ? `${python} (${packages.join(", ")})`
      : `not installed: model-to-edge engine install ${name}`;

    ctx.log.info(`${name}: ${title}; ${state}`);
  }
}

export async function installEngine(ctx: Context, name: string): Promise<void> {
  await install(ctx, findEngine(await enginesOf(ctx), name));
}
