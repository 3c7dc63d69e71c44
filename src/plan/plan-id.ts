import { createHash } from "node:crypto";
import { toJson } from "../document.ts";
import type { Plan } from "./plan.ts";

/** Names a plan by its content, 64 hex digits: documents of later steps say which plan they follow. */
export function planId(plan: Plan): string {
  return createHash("sha256").update(toJson(plan)).digest("hex");
}
