import type { Failure } from "../errors.ts";
import { shellQuote } from "../text/shell-quote.ts";

/**
 * Of a model whose published files have other bytes than the store's own word says. A store keeps such an object also
 * where the right bytes are uploaded over it, as it takes both for the same: so it is for a person to remove.
 */
export function forgedFailure(name: string, paths: readonly string[]): Failure {
  return {
    kind: "input",
    code: "published-forged",
    message: `${name}: the bytes of ${paths.join(", ")} do not match the checksum that the store reports: someone stored them under the checksum of the verified files`,
    hint: `remove these files from the branch and commit: ${paths.map(shellQuote).join(" ")}; then run again, and check the store's log for who wrote them`,
  };
}
