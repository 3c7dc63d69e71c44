/** How patient the client is. Tests use smaller numbers. */
export interface Timing {
  /** Tries of one request at an address that never answered: a wrong one is said soon. */
  attempts: number;
  /** The first pause between tries; doubles up to `longestPauseMs`. */
  pauseMs: number;
  longestPauseMs: number;
  /** How long a server that answered before is waited for, from a request's first failure on. */
  patienceMs: number;
  /** The same for an error without a known meaning, which may be for good. */
  brokenMs: number;
  /** When to give a server up at the latest, so that reports can be written before the run's deadline; ms since 1970. */
  giveUpAt: number;
  /** Without a byte or an answer for so long, a request is given up and tried again. */
  idleMs: number;
  /** For commits and merges: hooks of the repository run inside the request. */
  slowMs: number;
  /** How long to wait for a dirty branch: another run's commit may just be under way. */
  dirtyMs: number;
  /** How long the removal of a draft may take at a run's end: CI gives a cancelled one 10 s in all. */
  farewellMs: number;
}

export const TIMING: Timing = {
  attempts: 10,
  pauseMs: 100,
  longestPauseMs: 5_000,
  patienceMs: 600_000,
  brokenMs: 60_000,
  giveUpAt: Number.POSITIVE_INFINITY,
  idleMs: 60_000,
  slowMs: 600_000,
  dirtyMs: 15_000,
  farewellMs: 5_000,
};

/** The same for people who are less, or more, patient: a single request waits for no longer than all of its tries. */
export function timingOf({
  patienceMs = TIMING.patienceMs,
  giveUpAt = TIMING.giveUpAt,
}: Partial<Pick<Timing, "patienceMs" | "giveUpAt">>): Timing {
  const atMost = (name: "brokenMs" | "slowMs" | "dirtyMs") =>
    Math.min(TIMING[name], patienceMs);

  return {
    ...TIMING,
    patienceMs,
    giveUpAt,
    idleMs: Math.min(TIMING.idleMs, Math.max(1_000, patienceMs / 4)),
    brokenMs: atMost("brokenMs"),
    slowMs: Math.max(1_000, atMost("slowMs")),
    dirtyMs: atMost("dirtyMs"),
  };
}
