const UNITS = { h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** Milliseconds of `90s`, `45m`, `1h 30m` (as GitLab writes it) or plain seconds; null where it is none of these. */
export function parseDuration(text: string): number | null {
  const compact = text.replaceAll(/\s+/g, "");
  if (/^\d+$/.test(compact)) return positive(Number(compact) * UNITS.s);

  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(compact);
  if (!match || compact === "") return null;

  const [, hours = "0", minutes = "0", seconds = "0"] = match;

  return positive(
    Number(hours) * UNITS.h +
      Number(minutes) * UNITS.m +
      Number(seconds) * UNITS.s,
  );
}

function positive(milliseconds: number): number | null {
  return milliseconds > 0 && Number.isSafeInteger(milliseconds)
    ? milliseconds
    : null;
}
