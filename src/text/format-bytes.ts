const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size for people, in three digits: `512 B`, `1.4 MB`, `267 MB`; powers of ten, as stores and disks count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;

  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }

  const digits = unit === 0 ? Math.round(value) : Number(value.toPrecision(3));

  return `${digits} ${UNITS[unit]}`;
}
