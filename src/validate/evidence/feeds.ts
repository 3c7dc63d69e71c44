import type { ReferenceCase, References } from "./references.ts";
import type { Tensor } from "./tensor.ts";

/** The case's inputs, read from the file. */
export async function feedsOf(
  references: References,
  { inputs }: ReferenceCase,
): Promise<Map<string, Tensor>> {
  const feeds = new Map<string, Tensor>();
  for (const [name, entry] of inputs)
    feeds.set(name, await references.read(entry));
  return feeds;
}
