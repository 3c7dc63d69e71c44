import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ToyStore } from "../support/toy-store.ts";
export interface Row {
  what: string;
  /** What the user did wrong, after a good model was published. */
  wrong?: (store: ToyStore) => void;
  args?: string[];
  env?: Record<string, string>;
  code: 1 | 2 | 3 | 70;
  says: RegExp;
  hint: RegExp;
}

export const LAKEFS = {
  LAKECTL_SERVER_ENDPOINT_URL: "http://127.0.0.1:4",
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "not-a-secret-for-tests",
};
export const config = (change: Record<string, unknown>) => (store: ToyStore) =>
  store.write(
    "model/det/model.json",
    JSON.stringify({ channels: 4, ...change }),
  );
export const yaml = (text: string) => (store: ToyStore) =>
  writeFileSync(join(store.cwd, "conversion.yaml"), text);
