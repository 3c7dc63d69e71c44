/** What the tests ask of npm's own comparison of versions, which brings no types. */
declare module "semver" {
  export function satisfies(version: string, range: string): boolean;
  export function subset(inner: string, outer: string): boolean;
}
