import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Context } from "../../context.ts";
import {
  type ComponentSpec,
  type ComponentSpecs,
  lintPipeline,
} from "../../gitlab/lint/lint-pipeline.ts";
import { ourIncludes, TEMPLATES } from "../../gitlab/lint/our-includes.ts";
import type { Finding } from "./finding.ts";
import { pipelineFileIn } from "./pipeline-file-in.ts";

const WHAT = ".gitlab-ci.yml";

type Machine = Pick<Context, "cwd" | "root">;

/** What the project's own pipeline would do to our jobs; `also` is an include that is about to be added. */
export async function pipelineFindings(
  ctx: Machine,
  also: Record<string, unknown> | null = null,
): Promise<Finding[]> {
  const file = await pipelineFileIn(ctx.cwd);
  if (file === null)
    return [
      {
        what: WHAT,
        state: "note",
        says: "missing or not a pipeline: nothing to check",
        fix: "model-to-edge init",
      },
    ];

  const isThere = ourIncludes(file.includes).length > 0;
  const includes =
    also === null || isThere ? file.includes : [...file.includes, also];

  const jobs = ourIncludes(includes).map(
    ({ job }) => job ?? "a job of the component",
  );
  if (jobs.length === 0)
    return [
      {
        what: WHAT,
        state: "note",
        says: "does not include the component, as far as these files show",
        fix: "model-to-edge init",
      },
    ];

  const problems = lintPipeline(
    { ...file, includes },
    await componentSpecs(ctx),
  );
  if (problems.length === 0)
    return [{ what: WHAT, state: "ok", says: `has ${jobs.join(", ")}` }];

  return problems.map(({ says, fix }) => ({
    what: WHAT,
    state: "wrong",
    says,
    fix,
  }));
}

/** From the components themselves, which come with the program. */
async function componentSpecs({ root }: Machine): Promise<ComponentSpecs> {
  const specOf = async (name: string): Promise<ComponentSpec> => {
    const text = await readFile(join(root, `templates/${name}.yml`), "utf8");
    const [header] = parseAllDocuments(text).map((each) => each.toJS());
    const { inputs } = (header as Header).spec;

    return { inputs: Object.keys(inputs), rules: inputs.rules.default };
  };

  const entries = TEMPLATES.map(
    async (name) => [name, await specOf(name)] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as ComponentSpecs;
}

/** The first document of a component's file. */
interface Header {
  spec: { inputs: { rules: { default: unknown[] } } };
}
