import type { Settings } from "../config/settings.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import type { StoreContext } from "../store/store-options.ts";

/** Opens the store that the settings name, by the addresses that they give for it. Throws what `openStore` throws. */
export function openNamedStore(
  ctx: StoreContext,
  {
    store,
    storeWebUrl: webUrl,
    s3Endpoint,
  }: Pick<Settings, "store" | "storeWebUrl" | "s3Endpoint">,
): Promise<Store> {
  return openStore(ctx, store, { webUrl, s3Endpoint });
}
