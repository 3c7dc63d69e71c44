import { parse } from "yaml";

/** One entry of `include:`, as far as it can make a job of ours. */
interface Include {
  component?: unknown;
  inputs?: Record<string, unknown>;
}

const OURS = /\/(convert|land)@[^/]+$/;

/**
 * Job names that two includes of our components share, in the text of a `.gitlab-ci.yml`: GitLab merges them into one
 * job, and what the earlier include was for is done by nobody. Empty for a text that is no YAML.
 */
export function jobsIncludedTwice(text: string): string[] {
  const names = includesOf(text).flatMap(jobNameOf);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function includesOf(text: string): Include[] {
  try {
    const { include } = parse(text, { logLevel: "silent" }) as {
      include?: unknown;
    };
    const entries = Array.isArray(include) ? include : [include];
    return entries.filter((entry) => typeof entry === "object" && entry);
  } catch {
    // GitLab has read it, or it is not what the pipeline was made from.
    return [];
  }
}

/** An input that is a variable is not known here, and makes no name that could be compared. */
function jobNameOf({ component, inputs = {} }: Include): string[] {
  const [, template] = OURS.exec(String(component)) ?? [];
  if (!template) return [];

  const prefix = String(inputs["job-prefix"] ?? "");
  const name = String(inputs["job-name"] ?? `model-to-edge-${template}`);
  return [`${prefix}${name}`];
}
