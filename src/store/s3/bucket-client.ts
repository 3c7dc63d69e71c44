import type { S3Client } from "@aws-sdk/client-s3";

/** A connection to one bucket. */
export interface BucketClient {
  client: S3Client;
  bucket: string;
  /** The server's address, for messages. */
  shown: string;
}
