import type { Context } from "../context.ts";

/** What a store is opened with, of the Context. */
export type StoreContext = Pick<
  Context,
  "environment" | "home" | "fetch" | "log" | "signal" | "now"
>;

/** What differs from store to store. */
export interface StoreOptions {
  /** Address of the store's web pages for people, where it is not that of the server. */
  webUrl: string | null;
  /** Address of its S3 side, where it is not that of the server; `MODEL_TO_EDGE_S3_ENDPOINT` where absent. */
  s3Endpoint?: string | null;
  /** Folders of a branch that hold models and what is published, where they are not `model`, `edge` and `evidence`. */
  paths?: readonly string[];
  /** How long to wait for a server that answered before and stops to, in milliseconds; ten minutes where absent. */
  patienceMs?: number;
  /** When to give it up at the latest, in milliseconds since 1970. */
  giveUpAt?: number;
}
