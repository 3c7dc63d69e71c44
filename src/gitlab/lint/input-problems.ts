import { nearest } from "../../text/nearest.ts";
import type { OurInclude } from "./our-includes.ts";
import type { PipelineProblem } from "./pipeline-problem.ts";

/** Inputs that the component does not have: GitLab refuses the pipeline, and names no other. `known`: those that it has. */
export function inputProblems(
  { template, inputs }: OurInclude,
  known: readonly string[],
): PipelineProblem[] {
  return inputs
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);

      return {
        code: "input-unknown",
        says: `the include of ${template} has an input ${name}, which the component of this version does not have: GitLab then refuses the whole pipeline`,
        fix: meant
          ? `write \`${meant}\` for \`${name}\``
          : `remove it, or use one of these inputs: ${known.join(", ")}`,
      };
    });
}
