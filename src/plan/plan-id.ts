import { createHash } from "node:crypto";
import { toJsonPieces } from "../document/document.ts";
import type { Plan } from "./plan.ts";

/** Names a plan by its content, 64 hex digits: documents of later steps say which plan they follow. */
export function planId(plan: Plan): string {
  const hash = createHash("sha256");
  for (const piece of toJsonPieces(plan)) hash.update(piece);

  return hash.digest("hex");
}
