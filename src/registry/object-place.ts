/** A file to write, or bytes; its sha256 (64 hex) is known before. */
export type ObjectSource =
  | { file: string; size: number; sha256: string }
  | { bytes: Uint8Array; sha256: string };

export interface PlacedObject {
  key: string;
  /** Bytes. */
  size: number;
}

/** Bytes of an object as it is now, and what names this state. */
export interface ReadObject {
  bytes: Uint8Array;
  etag: string;
}

/**
 * Objects by key, with the two conditions that a registry stands on: write only what is not there, and replace only what
 * nobody changed. Keys are relative, with `/`. Each call throws `UsageError` (refused) or `ExternalError` (out of reach).
 */
export interface ObjectPlace {
  /** As the user wrote it, without credentials. */
  readonly url: string;
  /** All objects below a prefix that ends in `/`, in no order. */
  list(prefix: string): AsyncIterable<PlacedObject>;
  /** Null where missing. Throws `UsageError` where it is larger than `limit` bytes. */
  read(key: string, limit: number): Promise<ReadObject | null>;
  /** Streams an object into a new local file; false where it is missing. */
  copyTo(key: string, path: string): Promise<boolean>;
  /** sha256 of the bytes that lie there, as 64 hex; null where missing. */
  hash(key: string): Promise<string | null>;
  /** Never overwrites. `exists` also where an earlier try of the same call got through and its answer was lost. */
  create(key: string, source: ObjectSource): Promise<"created" | "exists">;
  /** Writes only where the object is still as `etag` names it (null: missing); false where it is not. */
  replace(
    key: string,
    bytes: Uint8Array,
    etag: string | null,
  ): Promise<boolean>;
  /** Whether the server keeps the condition of `create`, as a test with an object of our own shows. */
  keepsConditions(): Promise<boolean>;
  close(): Promise<void>;
}
