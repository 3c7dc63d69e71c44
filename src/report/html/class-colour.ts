const COLOURS = [
  "#ffd43b",
  "#4dabf7",
  "#ff8787",
  "#69db7c",
  "#da77f2",
  "#ffa94d",
  "#3bc9db",
  "#f783ac",
];

/** Classes far apart by number may share one; any number has one. */
export function classColour(label: number): string {
  return COLOURS[Math.abs(Math.trunc(label) || 0) % COLOURS.length] ?? "#fff";
}
