import type { ObjectFacts } from "./prove.ts";
import type { S3 } from "./s3-calls.ts";
import type { Patience } from "./tried.ts";

export interface Downloader extends Patience {
  s3: S3;
}

/** An object as a listing has it. */
export interface Wanted {
  path: string;
  /** `<ref>/<path>` */
  key: string;
  etag: string;
  size: number;
  /** Asked only where the checksum proves nothing. */
  facts(): Promise<ObjectFacts>;
}
