import type { StoreObject } from "./store.ts";

/** Token of each object by its path: equal tokens prove equal bytes. */
export async function tokensByPath(
  objects: AsyncIterable<StoreObject> | Iterable<StoreObject>,
): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for await (const { path, token } of objects) tokens.set(path, token);

  return tokens;
}
