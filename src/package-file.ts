/** A file of this package, from its source and from `dist/` alike: both lie one folder below its root. */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
