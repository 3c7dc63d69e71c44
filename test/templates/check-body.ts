import { isMap, isScalar, isSeq, type Node, parseDocument, visit } from "yaml";

const GLOBAL = new Set([
  "default",
  "workflow",
  "stages",
  "variables",
  "image",
  "services",
  "cache",
  "before_script",
  "after_script",
]);
const PREFIX = "$[[ inputs.job-prefix ]]";
/** Keywords whose value may be a whole input that is not a string. */
const WHOLE =
  /^\s*(tags|needs|rules|max|allow_failure|interruptible): \$\[\[ inputs\.[a-z-]+ \]\]$/;

/** What is legal YAML and still wrong in a component's body; one line per problem. */
export function bodyProblems(body: string): string[] {
  const document = parseDocument(body);
  const jobs = document.toJS() as Record<string, Record<string, unknown>>;
  return [
    ...Object.entries(jobs).flatMap(([name, job]) => jobProblems(name, job)),
    ...flowProblems(document.contents),
    ...body.split("\n").flatMap(lineProblems),
  ];
}

function jobProblems(name: string, job: Record<string, unknown>): string[] {
  if (GLOBAL.has(name))
    return [
      `${name}: a component must not set what holds for all jobs of a pipeline`,
    ];
  const problems: string[] = [];
  if (!name.startsWith(PREFIX))
    problems.push(`${name}: the name does not begin with the prefix`);
  if (name.startsWith(".")) problems.push(`${name}: a hidden job is global`);
  if ((job.inherit as { default?: boolean } | undefined)?.default !== false)
    problems.push(`${name}: inherits the consumer's default`);
  for (const key of ["before_script", "after_script", "hooks"])
    if (key in job) problems.push(`${name}: has ${key}`);
  for (const line of [job.script].flat()) {
    if (/\$/.test(String(line)))
      problems.push(`${name}: a script line reads a variable: ${String(line)}`);
    if (/[;&|<>`(){}]/.test(String(line)))
      problems.push(`${name}: logic in a script line: ${String(line)}`);
  }
  return problems;
}

/** GitLab fills in text, and `[[` inside a flow collection reads as a nested list. */
function flowProblems(contents: unknown): string[] {
  const problems: string[] = [];
  visit(contents as Node, (_key, node) => {
    if (
      (isSeq(node) || isMap(node)) &&
      node.flow &&
      JSON.stringify(node.toJSON()).includes("inputs.")
    )
      problems.push(
        `input in a flow collection: ${JSON.stringify(node.toJSON())}`,
      );
    if (
      isScalar(node) &&
      String(node.value).includes("$[[") &&
      node.type === "QUOTE_SINGLE"
    )
      problems.push(
        `input in single quotes, which its regex does not keep whole: ${String(node.value)}`,
      );
  });
  return problems;
}

function lineProblems(line: string): string[] {
  if (!line.includes("$[[")) return [];
  const quoted = /"[^"]*\$\[\[[^"]*"/.test(line);
  return quoted || WHOLE.test(line)
    ? []
    : [`input without quotes: ${line.trim()}`];
}
