import { join } from "node:path";
import type { Context } from "../context.ts";

/** Where the programs of a level lie: no engine's recipe, as they change no byte of a model. */
export function sandboxFolder({ root }: Pick<Context, "root">): string {
  return join(root, "components/_sandbox");
}
