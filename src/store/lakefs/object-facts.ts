import type { ObjectFacts } from "../transfer/prove.ts";
import type { Repository } from "./repository.ts";

/** What lakeFS knows of an object beside its checksum. */
export async function objectFacts(
  { api }: Repository,
  ref: string,
  path: string,
): Promise<ObjectFacts> {
  const [{ namespace }, { address, metadata }] = await Promise.all([
    api.getRepository(),
    api.statObject(ref, path),
  ]);

  // The local block store says where the namespace lies on its disk.
  const own = `${namespace.replace(/^\w+:\/\//, "").replace(/\/+$/, "")}/data/`;

  // lakeFS keeps no `-N` of an upload in parts.
  return { foreign: !address.includes(own), parts: null, metadata };
}
