/** Engines whose environments are small enough for every run of the tests. */
export const ENGINES: readonly string[];
