/** How patient the client is. Tests use smaller numbers. */
export interface Timing {
  /** Tries of one request; ten outlive a server's restart of some seconds (three or five do not: measured). */
  attempts: number;
  /** The first pause between tries; doubles up to `longestPauseMs`. */
  pauseMs: number;
  longestPauseMs: number;
  /** Without a byte or an answer for so long, a request is given up and tried again. */
  idleMs: number;
  /** For commits and merges: hooks of the repository run inside the request. */
  slowMs: number;
  /** How long to wait for a dirty branch: another run's commit may just be under way. */
  dirtyMs: number;
  /** How long a cancelled run may take to remove its draft: CI gives it 10 s in all. */
  farewellMs: number;
}

export const TIMING: Timing = {
  attempts: 10,
  pauseMs: 100,
  longestPauseMs: 5_000,
  idleMs: 60_000,
  slowMs: 600_000,
  dirtyMs: 15_000,
  farewellMs: 5_000,
};
