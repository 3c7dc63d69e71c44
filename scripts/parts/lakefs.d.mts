export interface LakefsParts {
  /** A server that somebody runs (LAKEFS_TEST_ENDPOINT), or null. */
  endpoint: string | null;
  /** Paths of the programs; null where a running server is used or lakectl is missing. */
  lakefs: string | null;
  lakectl: string | null;
  /** lakeFS's own server of users and groups; null where there is none. */
  acl: string | null;
}

export function ensureLakefs(options?: {
  log?: (line: string) => void;
  build?: boolean;
}): Promise<LakefsParts>;
