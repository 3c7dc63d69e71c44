import type { Promotion } from "./promotion.ts";

/** What a promotion did for good, in a sentence; null for nothing. */
export function promotedSoFar({
  status,
  name,
  release,
  link,
}: Pick<Promotion, "status" | "name" | "release" | "link">): string | null {
  return status === "planned"
    ? null
    : `${name} ${release} is in the registry, at ${link}`;
}
