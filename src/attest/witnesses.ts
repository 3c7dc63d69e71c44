import type { Store } from "../store/store.ts";
import type { Witnesses } from "./author.ts";
import { publisherOf } from "./publisher.ts";

/** The store's server is asked only where no key is: a key says more, and costs nothing there. */
export async function witnessesOf(
  store: Pick<Store, "word">,
  storeUser: string | null,
  keys: Witnesses["keys"],
): Promise<Witnesses> {
  const publisher =
    keys.length === 0 ? await publisherOf(store, storeUser) : null;
  return { keys, publisher };
}
