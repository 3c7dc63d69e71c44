import { isObject } from "../../document/json-object.ts";
import { editDistance } from "../../text/nearest.ts";

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
  store: string;
  /** Folder of the models on the branch. */
  modelPath: string;
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

    const text = (input: string, unset: string) =>
      String(inputs[input] ?? unset);
    const name = text("job-name", `model-to-edge-${template}`);
    const job = `${text("job-prefix", "")}${name}`;

    return [
      {
        template,
        job: job.includes("$") ? null : job,
        stage: text("stage", "test"),
        store: text("store", ""),
        modelPath: text("model-path", "model"),
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

/**
 * Stores that several includes of `land` serve, each for a folder of its own. A landing is recorded for a whole data branch:
 * after the first one the others find nothing to do, whether the store took their models too (lakeFS) or not (S3, a folder).
 */
export function storesLandedInParts(includes: readonly OurInclude[]): string[] {
  const lands = includes.filter(({ template }) => template === "land");
  const inParts = lands.filter(({ store, modelPath }) =>
    lands.some(
      (other) => other.store === store && other.modelPath !== modelPath,
    ),
  );

  return [...new Set(inParts.map(({ store }) => store))];
}
