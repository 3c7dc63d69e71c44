import type { Context } from "../../context.ts";

/** A line in the log about a server that makes us wait. */
export function sayWaiting(
  { log }: Pick<Context, "log">,
  who: string,
): (error: Error) => void {
  return (error) => log.warn(`${who}: ${error.message}; trying again`);
}
