/** A tool that `handover:` knows by name, so that a team states its inputs alone. */
export interface HandoverTool {
  name: string;
  /** Keys of `with:`, all of them needed; each is a placeholder of `run` and `next`. */
  inputs: readonly string[];
  run: readonly string[];
  /** What a person does afterwards. */
  next: string;
  /** How the program comes onto the machine. */
  install: string;
}

/** Source of webauto's words: AWML, docs, "Deploying and evaluating models on autoware using Webauto Evaluator". */
export const HANDOVER_TOOLS: readonly HandoverTool[] = [
  {
    name: "webauto",
    inputs: ["project_id", "package_id"],
    run: [
      ...["webauto", "ml", "artifact", "push"],
      ...["--project-id", "{project_id}", "--package-id", "{package_id}"],
      ...["--path", "{file}", "--filename", "{filename}"],
      ...["--description", "{algorithm} {name} {version}"],
    ],
    next: "in Web.Auto, open ML Packages, the package {package_id}, New Release: select the artifacts of {name} {version}, and create the release",
    install:
      "install Web.Auto's command line (`webauto`) in the image of the job, and log in with it",
  },
];
