import { plainLine } from "../../text/plain-text.ts";

/** What lakeFS tells of a hook that stopped an operation. */
export interface HookRefusal {
  /** Such as `pre-merge`; "" where it is not told. */
  event: string;
  /** `hook naming of action names`, as far as it is told. */
  who: string;
  /** The hook's own words, without the traces of the program that runs it. */
  says: string;
  /** The hook did not run to its end: it may do so another time. */
  outage: boolean;
}

/** Reads the message of a 412 (measured on v1.84: one error a line, Lua's with a stack). */
export function readHookRefusal(message: string): HookRefusal {
  const event = /\b((?:pre|prepare|post)-[a-z-]+) hook aborted/.exec(message);
  const failed =
    /failed on action '([^'\n]*)' hook '([^'\n]*)': (?:action failed: )?([\s\S]*)/.exec(
      message,
    );

  const [, action, hook, rest = message] = failed ?? [];
  const own = (rest.split(/\n\s*stack traceback:|\n\s*\* /)[0] ?? rest)
    .replace(/^runtime error: /, "")
    .replace(/^\[string "[^"]*"\]:\d+: /, "");

  return {
    event: event?.[1] ?? "",
    who: failed ? `hook ${hook} of action ${action}` : "a hook",
    says: plainLine(own, 300),
    outage:
      /context deadline exceeded|connection refused|no such host|dial tcp|EOF/.test(
        own,
      ),
  };
}
