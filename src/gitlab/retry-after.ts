/**
 * The pause that the server asks for, in milliseconds, null where it does not say: `Retry-After` in seconds or as a date,
 * else `RateLimit-Reset`, the time of the reset in seconds since 1970.
 */
export function pauseOf(
  headers: { get(name: string): string | null },
  now: Date,
): number | null {
  const after = headers.get("retry-after");
  if (after !== null && /^\d+$/.test(after.trim())) return Number(after) * 1000;

  const until = Date.parse(after ?? "");
  const reset = Number(headers.get("ratelimit-reset") || Number.NaN) * 1000;
  const target = Number.isNaN(until) ? reset : until;

  return Number.isNaN(target) ? null : Math.max(0, target - now.getTime());
}
