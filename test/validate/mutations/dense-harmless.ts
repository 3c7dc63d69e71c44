import { HARMLESS_EDITS } from "./dense-harmless-edits.ts";
import { HARMLESS_REWRITES } from "./dense-harmless-rewrites.ts";
import type { Mutation } from "./edits.ts";

/** Right conversions of the dense network that are written otherwise. */
export const HARMLESS: Mutation[] = [...HARMLESS_EDITS, ...HARMLESS_REWRITES];
