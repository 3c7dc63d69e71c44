import { WRONG_GRAPHS } from "./dense-wrong-graphs.ts";
import { WRONG_VALUES } from "./dense-wrong-values.ts";
import type { Mutation } from "./edits.ts";

/** Wrong conversions of the dense network. */
export const WRONG: Mutation[] = [...WRONG_VALUES, ...WRONG_GRAPHS];
