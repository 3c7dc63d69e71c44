import { codeBlock } from "./markdown.ts";
import type { Summary } from "./summary.ts";

/** The commands that bring the edge models to a machine and prove them there, folded; empty where nothing is published. */
export function fetchFold({
  fetch,
  verify,
}: Pick<Summary["publication"], "fetch" | "verify">): string {
  const lines = [fetch, verify].filter((line) => line !== null);
  if (lines.length === 0) return "";

  return `<details>\n<summary>Fetch the edge models, and verify them</summary>\n\n${codeBlock(lines.join("\n"), "sh")}\n\n</details>`;
}
