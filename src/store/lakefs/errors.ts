import type { ErrorCode } from "../../error-codes.ts";

/** What a refusal of lakeFS means; several share a status, so the message decides (measured on v1.84). */
export type RefusalKind =
  | "conflict"
  | "no-changes"
  | "dirty"
  | "protected"
  | "hook"
  | "missing"
  | "no-data"
  | "exists"
  | "auth"
  | "busy"
  | "broken"
  | "other";

/** An answer of the server that is not a success. Holds no header and no request: nothing secret. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly status: number;
  /** The request named a commit, which nobody but the server itself can have named before. */
  readonly ofCommit: boolean;

  constructor(
    kind: RefusalKind,
    status: number,
    message: string,
    ofCommit = false,
  ) {
    super(message);
    this.name = "Refusal";
    this.kind = kind;
    this.status = status;
    this.ofCommit = ofCommit;
  }
}

/** An answer that the server cannot have given: a line that changes bytes, or another program in lakeFS's place. */
export class Garbled extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Garbled";
  }
}

/** No answer, or one that was cut off: what the server did is unknown. */
export class NoAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NoAnswer";
  }
}

/** A way to the server, or an answer of something that is not lakeFS, that no further try mends. */
export class Blocked extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(
    message: string,
    { code, hint }: { code: ErrorCode; hint: string },
  ) {
    super(message);
    this.name = "Blocked";
    this.code = code;
    this.hint = hint;
  }
}

/** Status, a word of the message where that decides, meaning; the first that fits. */
const MEANINGS: readonly [number, RegExp | null, RefusalKind][] = [
  [400, /no changes/, "no-changes"],
  [400, /dirty branch|uncommitted changes/, "dirty"],
  [401, null, "auth"],
  [403, null, "protected"],
  [404, null, "missing"],
  [409, /not unique|already exists/, "exists"],
  [409, null, "conflict"],
  [410, null, "no-data"],
  [412, null, "hook"],
  [423, null, "busy"],
  [429, null, "busy"],
  // Two commits on one branch at once: the loser gets 500 `predicate failed`.
  [500, /predicate failed|currently locked/, "busy"],
  // A file of hooks that lakeFS cannot read stops everything, for good.
  [500, /hook aborted.*parsing file/s, "hook"],
  [502, null, "busy"],
  [503, null, "busy"],
  [504, null, "busy"],
];

/** The meaning of a REST answer that is not 2xx. */
export function refusalKind(status: number, message: string): RefusalKind {
  const found = MEANINGS.find(
    ([code, word]) => code === status && (word?.test(message) ?? true),
  );
  return found?.[2] ?? (status >= 500 ? "broken" : "other");
}

/** Whether a failure is of that kind. */
export function isRefusal(error: unknown, kind: RefusalKind): error is Refusal {
  return error instanceof Refusal && error.kind === kind;
}
