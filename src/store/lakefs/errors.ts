/** What a refusal of lakeFS means; several share a status, so the message decides (measured on v1.84). */
export type RefusalKind =
  | "conflict"
  | "no-changes"
  | "dirty"
  | "protected"
  | "hook"
  | "missing"
  | "exists"
  | "auth"
  | "busy"
  | "broken"
  | "other";

/** An answer of the server that is not a success. Holds no header and no request: nothing secret. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly status: number;

  constructor(kind: RefusalKind, status: number, message: string) {
    super(message);
    this.name = "Refusal";
    this.kind = kind;
    this.status = status;
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
  readonly code: string;
  readonly hint: string;

  constructor(message: string, { code, hint }: { code: string; hint: string }) {
    super(message);
    this.name = "Blocked";
    this.code = code;
    this.hint = hint;
  }
}

/** The meaning of a REST answer that is not 2xx. */
export function refusalKind(status: number, message: string): RefusalKind {
  if (status === 401) return "auth";
  if (status === 404) return "missing";
  if (status === 403) return "protected";
  if (status === 412) return "hook";
  if (status === 409)
    return /not unique|already exists/.test(message) ? "exists" : "conflict";
  if (status === 400 && /no changes/.test(message)) return "no-changes";
  if (status === 400 && /dirty branch|uncommitted changes/.test(message))
    return "dirty";
  // Two commits on one branch at once: the loser gets 500 `predicate failed`.
  if (status === 500 && /predicate failed|currently locked/.test(message))
    return "busy";
  if ([423, 429, 502, 503, 504].includes(status)) return "busy";

  return status >= 500 ? "broken" : "other";
}

/** Whether a failure is of that kind. */
export function isRefusal(error: unknown, kind: RefusalKind): error is Refusal {
  return error instanceof Refusal && error.kind === kind;
}
