import type { Context } from "../context.ts";
import type { Store } from "./store.ts";
import { parseStoreUrl } from "./store-url.ts";

export type StoreContext = Pick<Context, "env" | "home" | "fetch" | "log" | "signal" | "now">;

export interface StoreOptions {
  /** Address of the store's web pages for people, where it is not that of the server. */
  webUrl: string | null;
}

/** Opens a store by its URL; each driver is loaded when it is used. Throws `UsageError` for a URL that is none. */
export async function openStore(ctx: StoreContext, url: string, _options: StoreOptions): Promise<Store> {
  const parsed = parseStoreUrl(url);
  const { fileStore } = await import("./file.ts");
  if (parsed.kind === "lakefs") throw new Error("not yet");
  return fileStore(ctx, url, parsed.folder);
}
