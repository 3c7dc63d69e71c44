import type { Summary, SummaryModel } from "./summary.ts";

/** Does the store hold what this run says of its models that may ship? Else nobody can fetch it. */
export function isFetchable({
  status,
}: Pick<Summary["publication"], "status">): boolean {
  return status === "published" || status === "unchanged";
}

/** What stands before the command of `reproduce`: where it runs. */
export function reproduceWords(
  { ships }: Pick<SummaryModel, "ships">,
  canFetch: boolean,
): string {
  return ships && canFetch
    ? "Check it again on your machine, in the folder that `model-to-edge fetch` made:"
    : "Reproduce on your machine:";
}
