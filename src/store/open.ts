import type { Store } from "./store.ts";
import type { StoreContext, StoreOptions } from "./store-options.ts";
import { parseStoreUrl } from "./store-url.ts";
import { sayRepeats } from "./transfer/watch-server.ts";

/** Opens a store by its URL; each driver is loaded when it is used. Its end tells what had to be repeated. Throws `UsageError` for a URL that is none. */
export async function openStore(
  ctx: StoreContext,
  url: string,
  options: StoreOptions,
): Promise<Store> {
  const store = await openDriver(ctx, url, options);
  const close = async () => {
    await store.close();
    sayRepeats(ctx);
  };

  return { ...store, close };
}

async function openDriver(
  ctx: StoreContext,
  url: string,
  options: StoreOptions,
): Promise<Store> {
  const parsed = parseStoreUrl(url);
  if (parsed.kind === "lakefs") {
    const { lakefsStore } = await import("./lakefs.ts");
    return lakefsStore(ctx, parsed.repository, options);
  }

  if (parsed.kind === "s3")
    return (await import("./s3.ts")).s3Store(ctx, parsed, options);

  const { fileStore } = await import("./file.ts");

  return fileStore(ctx, url, parsed.folder, options);
}
