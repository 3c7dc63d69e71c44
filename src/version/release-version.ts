import { UsageError } from "../errors.ts";

/**
 * How versions are written: `xyz` 1.2.0 (products), `x.y` 1.2 (base models), `date` 20241101 (pretrained models), and
 * `x.y.z-project.n` 1.2.0-oem.1 (a project's own line after a product's version). Source: AWML, architecture_model.md.
 */
export const SCHEMES = ["xyz", "x.y", "date", "x.y.z-project.n"] as const;
export type Scheme = (typeof SCHEMES)[number];

/** A version as it was written, and what it is made of. */
export interface ReleaseVersion {
  scheme: Scheme;
  /** X, Y and Z; of a date its year, month and day. */
  numbers: readonly [number, number, number];
  /** Of `x.y.z-project.n`; null in other schemes. */
  project: string | null;
  /** Of `x.y.z-project.n` the n; of a date which one of that day, from 1; else 0. */
  n: number;
}

// At most six digits: eight of them are a day.
const NUMBER = "(0|[1-9][0-9]{0,5})";
const FORMS: Readonly<Record<Scheme, RegExp>> = {
  xyz: new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}$`),
  "x.y": new RegExp(`^${NUMBER}\\.${NUMBER}$`),
  date: /^([1-9][0-9]{3})([0-9]{2})([0-9]{2})(?:\.([1-9][0-9]{0,8}))?$/,
  "x.y.z-project.n": new RegExp(
    `^${NUMBER}\\.${NUMBER}\\.${NUMBER}-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\\.([1-9][0-9]{0,8})$`,
  ),
};

/** Null for a text that is a version of no scheme, such as `v1.0` or a day that is in no calendar. */
export function readVersion(text: string): ReleaseVersion | null {
  for (const scheme of SCHEMES) {
    const groups = FORMS[scheme].exec(text);
    if (!groups) continue;

    const [x = 0, y = 0, z = 0] = groups.slice(1, 4).map(Number);
    if (scheme === "date" && !isDay(x, y, z)) return null;
    const isProject = scheme === "x.y.z-project.n";

    return {
      scheme,
      numbers: [x, y, scheme === "x.y" ? 0 : z],
      project: isProject ? (groups[4] ?? "") : null,
      n: isProject ? Number(groups[5]) : dayNumber(scheme, groups[4]),
    };
  }

  return null;
}

/** The same text that `readVersion` takes. */
export function writeVersion(version: ReleaseVersion): string {
  const { scheme, numbers, project, n } = version;
  const [x, y, z] = numbers;

  switch (scheme) {
    case "xyz":
      return `${x}.${y}.${z}`;
    case "x.y":
      return `${x}.${y}`;
    case "date":
      return `${pad(x, 4)}${pad(y, 2)}${pad(z, 2)}${n > 1 ? `.${n}` : ""}`;
    case "x.y.z-project.n":
      return `${x}.${y}.${z}-${project}.${n}`;
  }
}

/**
 * A total order of all versions: negative if `a` comes before `b`, 0 only if they are the same. A project's version comes
 * after the product's that it is named after and before the product's next one, unlike semver's pre-releases. Dates come
 * before numbers.
 */
export function compareVersions(a: ReleaseVersion, b: ReleaseVersion): number {
  const isDate = ({ scheme }: ReleaseVersion) => scheme === "date";
  const length = ({ scheme }: ReleaseVersion) => (scheme === "x.y" ? 2 : 3);

  return (
    Number(isDate(b)) - Number(isDate(a)) ||
    a.numbers[0] - b.numbers[0] ||
    a.numbers[1] - b.numbers[1] ||
    length(a) - length(b) ||
    a.numbers[2] - b.numbers[2] ||
    compareTexts(a.project ?? "", b.project ?? "") ||
    a.n - b.n
  );
}

/** A version that a person wrote. Throws `UsageError` if it is none, or of another scheme. */
export function versionOf(text: string, scheme: Scheme): ReleaseVersion {
  const version = readVersion(text);
  if (version?.scheme === scheme) return version;

  const what = version
    ? `of the scheme ${version.scheme}`
    : "not a version of any scheme";

  throw new UsageError(`${JSON.stringify(text)} is ${what}`, {
    code: "version-malformed",
    hint: `write it as ${EXAMPLES[scheme]} (scheme ${scheme})`,
  });
}

const EXAMPLES: Readonly<Record<Scheme, string>> = {
  xyz: "1.2.0",
  "x.y": "1.2",
  date: "20241101",
  "x.y.z-project.n": "1.2.0-oem.1",
};

function dayNumber(scheme: Scheme, text: string | undefined): number {
  return scheme === "date" ? Number(text ?? 1) : 0;
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return (
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
