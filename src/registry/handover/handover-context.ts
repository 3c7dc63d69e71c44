import type { Context } from "../../context.ts";

/** What a hand-over uses of the world. */
export type HandoverContext = Pick<
  Context,
  "cwd" | "environment" | "log" | "now" | "signal"
>;
