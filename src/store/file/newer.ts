import type { Layout } from "./layout.ts";
import { readCommit } from "./publication.ts";
import { comesBefore } from "./snapshot-id.ts";

/** Pointers whose last publication covers inputs that came after ours, by the chain of publications. */
export async function newerPointers(
  layout: Layout,
  current: string | null,
  pointers: readonly string[],
  input: string | undefined,
): Promise<ReadonlySet<string>> {
  const newer = new Set<string>();
  const open = new Set(input === undefined ? [] : pointers);

  for (
    let id = current;
    id !== null && input !== undefined && open.size > 0;
  ) {
    const commit = await readCommit(layout, id);
    if (!commit) break;

    const wrote = commit.wrote.filter((path) => open.delete(path));
    const later =
      commit.input !== null &&
      commit.input !== input &&
      (await comesBefore(layout, input, commit.input));
    if (later) for (const path of wrote) newer.add(path);

    id = commit.parent;
  }

  return newer;
}
