import { isObject } from "../../json-object.ts";
import { editDistance } from "../../nearest.ts";

/** Components of ours, by the names of their files in templates/. */
export const TEMPLATES = [
  ...(["convert", "convert-fleet", "land", "promote", "sweep"] as const),
] as const;

/** One include of a component of ours. */
export interface OurInclude {
  template: (typeof TEMPLATES)[number];
  /** Name of its job, null where a variable makes it. */
  job: string | null;
  stage: string;
  /** Names of all inputs that the include gives. */
  inputs: string[];
  /** The job's `rules` where the include gives some, else null. */
  rules: unknown[] | null;
  /** A push to the store shall start it, too. */
  startsOnPush: boolean;
  /** `rules` of the include itself, null where it always counts. */
  when: unknown[] | null;
}

const NAMES = TEMPLATES.join("|");
const COMPONENT = new RegExp(`/(${NAMES})@[^/]+$`);
const FILE = new RegExp(`(?:^|/)templates/(${NAMES})\\.yml$`);

/** The includes of our components among all; another's component of the same name has no `store`, nor anything like it. */
export function ourIncludes(
  entries: readonly Record<string, unknown>[],
): OurInclude[] {
  return entries.flatMap((entry) => {
    const inputs = isObject(entry.inputs) ? entry.inputs : {};
    const template = templateOf(entry);
    const names = Object.keys(inputs);
    if (template === null || !names.some(isStore)) return [];

    const prefix = String(inputs["job-prefix"] ?? "");
    const name = String(inputs["job-name"] ?? `model-to-edge-${template}`);
    const job = `${prefix}${name}`;

    return [
      {
        template,
        job: job.includes("$") ? null : job,
        stage: String(inputs.stage ?? "test"),
        inputs: names,
        rules: Array.isArray(inputs.rules) ? inputs.rules : null,
        startsOnPush: inputs["start-on"] === "trigger",
        when: Array.isArray(entry.rules) ? entry.rules : null,
      },
    ];
  });
}

/** `store`, or what a slip of the finger makes of it. */
function isStore(name: string): boolean {
  const [small, store] = [name.toLowerCase(), "store"];
  const letters = (text: string) => [...text].sort().join("");

  return editDistance(small, store) < 2 || letters(small) === letters(store);
}

function templateOf(
  entry: Record<string, unknown>,
): OurInclude["template"] | null {
  const file = [entry.file].flat()[0] ?? entry.local ?? entry.remote;
  const [, name] =
    COMPONENT.exec(String(entry.component)) ?? FILE.exec(String(file)) ?? [];

  return (name ?? null) as OurInclude["template"] | null;
}

/**
 * Job names that two includes share: GitLab merges them into one job, and what the earlier include was for is done by
 * nobody.
 */
export function jobsIncludedTwice(includes: readonly OurInclude[]): string[] {
  const jobs = includes.flatMap(({ job }) => job ?? []);
  return [...new Set(jobs.filter((job, at) => jobs.indexOf(job) !== at))];
}
