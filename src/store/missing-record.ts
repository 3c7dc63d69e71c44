import type { Context } from "../context.ts";
import type { ChainedCommit } from "./commit-chain.ts";

/**
 * The same, and each record of a chain that is missing is told, once: a store never removes one, and without it the order
 * of what was published is not known. `told`: ids that were told already.
 */
export function tellingMissing<T extends ChainedCommit>(
  { log }: Pick<Context, "log">,
  told: Set<string>,
  read: (id: string) => Promise<T | null>,
): (id: string) => Promise<T | null> {
  return async (id) => {
    const commit = await read(id);
    if (commit !== null || told.has(id)) return commit;

    told.add(id);
    log.warn(
      `.model-to-edge/commits/${id}.json was removed from the store: what was published before it is not known, nor whether an older pipeline comes last; put the file back if you have a copy`,
      "publication.md",
    );

    return null;
  };
}
