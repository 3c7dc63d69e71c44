import type { Snapshot, StoreObject } from "./store.ts";

/** Token of each object by its path: equal tokens prove equal bytes. */
export async function tokensByPath(
  objects: AsyncIterable<StoreObject> | Iterable<StoreObject>,
): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for await (const { path, token } of objects) tokens.set(path, token);

  return tokens;
}

/** Of all objects below these prefixes. */
export async function tokensBelow(
  snapshot: Pick<Snapshot, "list">,
  prefixes: readonly string[],
): Promise<Map<string, string>> {
  const found = await Promise.all(
    prefixes.map((prefix) => tokensByPath(snapshot.list(prefix))),
  );

  return new Map(found.flatMap((tokens) => [...tokens]));
}
