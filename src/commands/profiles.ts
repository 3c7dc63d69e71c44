import { builtInProfiles } from "../config/read-profiles.ts";
import type { Context } from "../context.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** Ids, what each runs, and its newest opset and IR version. `--json`: the whole tables. */
export async function profiles(
  ctx: Pick<Context, "log">,
  io: Pick<CommandIo, "print">,
  flags: Flags,
): Promise<void> {
  const known = await builtInProfiles();
  if (flags.json) return io.print(`${JSON.stringify(known, null, 2)}\n`);

  const width = Math.max(...known.map(({ id }) => id.length));
  for (const { id, title, runtime, opsets, newest_ir: ir } of known) {
    const opset = opsets["ai.onnx"]
      ? `, opset up to ${opsets["ai.onnx"].newest}`
      : "";

    const version = ir === undefined ? "" : `, IR up to ${ir}`;
    ctx.log.info(
      `${id.padEnd(width)}  ${title}: ${runtime.name} ${runtime.version}${opset}${version}`,
    );
  }
}
