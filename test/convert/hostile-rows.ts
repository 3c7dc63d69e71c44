/** What a hostile model does (`misbehave` of the toy engine), and what its run makes of it. */
export interface HostileRow {
  kind: string;
  /** `equal`: it did no harm, and what ships is what was proved. */
  why: "refused" | "equal" | "not-converted";
  /** Code of the failure. */
  code?: string;
}

const refused = (code: string, ...kinds: string[]): HostileRow[] =>
  kinds.map((kind) => ({ kind, why: "refused", code }));

/** The first of them are a test of seconds. */
export const QUICK: readonly HostileRow[] = [
  ...refused("output-limit", "many", "closed", "deep"),
  ...refused("engine-result", "pipe-as-result", "traversal", "logs"),
  ...refused("second-model", "second-model"),
  ...refused("output-path", "folder-as-ours"),
  { kind: "daemon", why: "equal" },
];

export const ALL: readonly HostileRow[] = [
  ...QUICK,
  ...refused("output-limit", "hole", "declared-hole", "not-utf8"),
  ...refused("output-limit", "closes-all"),
  ...refused("engine-result", "absolute", "two-links", "link-to-file"),
  ...refused("engine-result", "link-to-folder", "pipe", "odd-names"),
  ...refused("engine-result", "odd-words", "large-result", "many-warnings"),
  ...refused("engine-result", "deep-json", "broken-json", "no-object"),
  ...refused("engine-result", "swap"),
  ...refused("name-taken", "our-names", "second-contract"),
  ...refused("output-path", "below-ours"),
  ...refused("second-model", "model-below"),
  { kind: "forks", why: "equal" },
  { kind: "flood-progress", why: "equal" },
  { kind: "memory", why: "equal" },
  { kind: "sockets", why: "equal" },
  { kind: "exit-137", why: "equal" },
  { kind: "stubborn", why: "not-converted", code: "engine-timeout" },
];
