import { afterAll, beforeAll } from "vitest";
import { type S3Kind, type S3Server, startS3 } from "../support/s3-servers.ts";

/** Starts the server for the tests of a file; the SDK's own chain reads its keys of the process's variables. */
export function useS3(kind: S3Kind): { server: S3Server } {
  const at = {} as { server: S3Server };
  const before = { ...process.env };
  beforeAll(async () => {
    at.server = await startS3(kind);
    Object.assign(process.env, at.server.env);
  });
  afterAll(async () => {
    process.env = before;
    await at.server?.stop();
  });

  return at;
}
