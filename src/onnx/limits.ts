/** What a model file may hold at most. Real exports stay far below; hostile ones must not fill memory or take for ever. */
export const LIMITS = {
  /** Fields that are read one by one; the data of tensors is skipped, not read. */
  fields: 20_000_000,
  nodes: 1_000_000,
  /** Inputs, outputs, initializers, opsets, metadata: each list. */
  entries: 1_000_000,
  /** Of one name or text, in bytes. */
  text: 1 << 20,
  /** Of all of them. */
  texts: 256 << 20,
  /** Subgraphs in subgraphs. */
  depth: 64,
  rank: 64,
  /** Elements of a constant whose values are kept: thresholds and lengths, never weights. */
  constantElements: 64,
  /** Elements of all constants that are kept; what comes after them is as unknown as a weight. */
  constants: 1 << 20,
  /** Documentation strings that are kept for the search for leaks. */
  notes: 10_000,
} as const;
