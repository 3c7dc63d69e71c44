/** How those who complete a landing, and those who wait for it, know of each other. Milliseconds. */
export interface LandingTimes {
  /** Who completes a landing shows so often that it is alive. */
  beatMs: number;
  /** Without such a sign for so long, it is dead: others complete it, or take its place. */
  helpMs: number;
  /** How long to wait for one that is alive. */
  waitMs: number;
  /** How often one that waits for its turn looks. */
  leasePollMs: number;
}

export const LANDING_TIMES: LandingTimes = {
  beatMs: 5_000,
  helpMs: 30_000,
  waitMs: 600_000,
  leasePollMs: 1_000,
};
