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

/** What a request was about, as far as its address tells. */
export interface Subject {
  /** `commit`: one that nobody but the server itself can have named before. */
  kind: "repository" | "branch" | "ref" | "commit" | "object" | "other";
  /** Of an object, its path. */
  name: string;
}

/** A step of one object's transfer. */
export interface ObjectStep {
  step: "upload" | "download" | "reading" | "copy";
  /** Of the object in the store, or of the file that was sent. */
  path: string;
}

/** A failure of the server; `object` tells whose transfer met it, null where it was none. */
class ServerFailure extends Error {
  object: ObjectStep | null = null;
}

/** An answer of the server that is not a success. Holds no header and no request: nothing secret. */
export class Refusal extends ServerFailure {
  readonly kind: RefusalKind;
  readonly status: number;
  /** Null where the address does not tell. */
  readonly subject: Subject | null;

  constructor(
    kind: RefusalKind,
    status: number,
    message: string,
    subject: Subject | null = null,
  ) {
    super(message);
    this.name = "Refusal";
    this.kind = kind;
    this.status = status;
    this.subject = subject;
  }
}

/** An answer that the server cannot have given: a line that changes bytes, or another program in lakeFS's place. */
export class Garbled extends ServerFailure {
  constructor(message: string) {
    super(message);
    this.name = "Garbled";
  }
}

/** No answer, or one that was cut off: what the server did is unknown. */
export class NoAnswer extends ServerFailure {
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

/** Whether a failure is of that kind. */
export function isRefusal(error: unknown, kind: RefusalKind): error is Refusal {
  return error instanceof Refusal && error.kind === kind;
}
