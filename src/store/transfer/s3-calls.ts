import type { Readable } from "node:stream";
import type { Server } from "./tried.ts";

/**
 * The calls of an S3 server that a transfer needs; keys are whole, ETags come without quotes and without `-N`. Each is
 * tried once, and throws `Refusal`, `NoAnswer`, `Garbled` or `Blocked`.
 */
export interface S3 {
  /** The server's address, for messages. */
  endpoint: string;
  server: Server;
  /** Answers the ETag. */
  putObject(put: Put, signal: AbortSignal): Promise<string>;
  /** Answers the upload's id. */
  createUpload(key: string, signal: AbortSignal): Promise<string>;
  /** Answers the part's ETag. */
  uploadPart(
    upload: OpenUpload,
    part: PutPart,
    signal: AbortSignal,
  ): Promise<string>;
  /** With the ETags of all parts, in order; answers the object's. */
  completeUpload(
    upload: OpenUpload,
    etags: string[],
    signal: AbortSignal,
  ): Promise<string>;
  abortUpload(upload: OpenUpload, signal: AbortSignal): Promise<void>;
  headObject(
    key: string,
    signal: AbortSignal,
  ): Promise<{ etag: string; size: number }>;
  /** The object from a byte on; `from` of the answer is 0 where the server sent all of it. */
  getObject(
    key: string,
    from: number,
    signal: AbortSignal,
  ): Promise<{ body: Readable; etag: string; from: number }>;
  /** Ends the connections. */
  close(): void;
}

export interface Put {
  key: string;
  body: Uint8Array | Readable;
  /** Bytes. */
  size: number;
  /** Of the body, 64 hex, where it is known already. */
  sha256?: string;
}

export interface PutPart extends Omit<Put, "key" | "sha256"> {
  /** From 1. */
  number: number;
}

export interface OpenUpload {
  key: string;
  uploadId: string;
}
