import { plainEnd } from "../child/plain-end.ts";
import type { ChildOutcome } from "../child/run-child.ts";
import type { ErrorCode } from "../error-codes.ts";
import type { Failure, FailureKind } from "../errors.ts";
import { plainLine } from "../text/plain-text.ts";

const SHOWN_LINES = 3;
const EXCEPTION = /^[A-Za-z_][\w.]*(Error|Exception|Interrupt|Exit)\b/;

const LIMITS =
  "the model's own code or the engine wrote it: see `engine.log`; if this is intended, raise the limit in the repository's conversion.yaml";

/** What the last words of a process that just ended say about the machine. */
const KNOWN_LAST_WORDS: readonly {
  words: RegExp;
  code: ErrorCode;
  hint: string;
  /** `external` where it is not said. */
  kind?: FailureKind;
}[] = [
  {
    words: /no space left on device|disk quota exceeded/i,
    code: "disk-full",
    hint: "free some space on the runner's disk, or set TMPDIR to a folder on a larger disk",
  },
  {
    words: /MemoryError|bad_alloc|cannot allocate memory|out of memory/i,
    code: "engine-memory",
    hint: "it ran out of memory: use a runner with more memory, or a smaller input shape",
  },
  {
    words: /File too large/,
    code: "output-limit",
    hint: LIMITS,
    kind: "refused",
  },
  {
    words: /^bwrap: /m,
    code: "isolation-failed",
    hint: "run `model-to-edge doctor`: it reports which isolation this machine offers",
  },
];

/** The process ended by itself: it does so again on a retry, so that this is not the outside world's fault. */
const ITS_OWN_FAULT = {
  imports: {
    words: /^(ModuleNotFoundError|ImportError): /,
    code: "engine-environment",
    hint: "its environment is incomplete: remove the folder that `model-to-edge engine list` names, then run `model-to-edge engine install`",
  },
  other: {
    code: "engine-result",
    hint: "a retry will fail the same way: see `engine.log`; the model's own code or the engine ended the process or wrote the result",
  },
} as const;

/**
 * What happened to an engine's process that left no result to trust; `problem` continues "its result ". A crash, a full
 * disk and memory that was refused are `external`. Our deadline and the kernel's kill for memory are `input`: on the same
 * runner a retry ends the same way, after as many minutes of its GPU. A process that ended by itself is `refused`, never a
 * `bug`: the model's own code may have ended it, and written what lies there.
 */
export function engineFailure(
  engine: string,
  outcome: ChildOutcome,
  problem: string,
): Failure {
  const ended = plainEnd(outcome);
  const seconds = `after ${outcome.seconds.toFixed(1)} s`;
  const evidence = lastLines(outcome.tail);
  const failure = (
    code: ErrorCode,
    what: string,
    hint: string,
    kind: FailureKind = "external",
  ): Failure => ({
    kind,
    code,
    message: `engine ${engine} ${what}${evidence}`,
    hint,
  });

  if (outcome.timedOut)
    return failure(
      "engine-timeout",
      `did not end in time and was stopped ${seconds}`,
      "raise `timeout`; `engine.log` shows how far it got",
      "input",
    );

  if (ended.signal === "SIGXFSZ")
    return failure(
      "output-limit",
      `wrote a file that is too large ${seconds}`,
      LIMITS,
      "refused",
    );

  if (ended.signal === "SIGKILL")
    return failure(
      "engine-killed",
      `was killed (SIGKILL) ${seconds}`,
      "most often it ran out of memory: use a runner with more memory, or a smaller input shape",
      "input",
    );

  if (ended.signal !== null)
    return failure(
      "engine-crashed",
      `crashed (${ended.signal}) ${seconds}`,
      "run the job again; if it crashes again, `engine.log` shows in which library: use the engine's own image, whose libraries are tested together",
    );

  const known = KNOWN_LAST_WORDS.find(({ words }) =>
    words.test(outcome.tail.slice(-SHOWN_LINES).join("\n")),
  );
  const what = `ended with exit code ${ended.exitCode} ${seconds}, and its result ${problem}`;

  if (known) return failure(known.code, what, known.hint, known.kind);
  const { imports, other } = ITS_OWN_FAULT;
  const fault = imports.words.test(outcome.tail.at(-1) ?? "") ? imports : other;
  return failure(fault.code, what, fault.hint, "refused");
}

/** Of what a process left beyond its limits, or running; `left` continues "the engine's process left ". */
export function leftFailure(engine: string, left: string): Failure {
  return {
    kind: "refused",
    code: "output-limit",
    message: `the process of engine ${engine} left ${left}`,
    hint: LIMITS,
  };
}

/** The sentence for a process that died after it wrote a good result, or null. */
export function lateDeath(outcome: ChildOutcome): string | null {
  const { signal } = plainEnd(outcome);
  return signal
    ? `the engine's process died (${signal}) after it had written its result`
    : null;
}

function lastLines(tail: string[]): string {
  // Of a traceback only the exception says something to a stranger.
  const shown = EXCEPTION.test(tail.at(-1) ?? "") ? 1 : SHOWN_LINES;
  const lines = tail.slice(-shown).map((line) => plainLine(line, 200));
  return lines.length > 0
    ? `; its log ends: ${lines.join(" ⏎ ")}`
    : "; it printed nothing";
}
