/** How the removal of content and those who need it keep out of each other's way. Milliseconds. */
export interface SweepTimes {
  /** A sweep calls no removal later than so long after it announced the round. */
  roundMs: number;
  /** A round that was announced so long ago is over: the sweep was killed. */
  voidMs: number;
  /** A publication that holds content for so long was killed, whatever the age that a sweep is told. */
  holdMs: number;
  pollMs: number;
}

export const SWEEP_TIMES: SweepTimes = {
  roundMs: 30_000,
  voidMs: 180_000,
  holdMs: 24 * 3_600_000,
  pollMs: 200,
};
