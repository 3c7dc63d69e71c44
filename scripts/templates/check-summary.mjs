// Is a summary.json that of a run whose models were converted, proved and published?
import { readFileSync } from "node:fs";

const [file] = process.argv.slice(2);
const { models, publication, exit_code } = JSON.parse(
  readFileSync(file, "utf8"),
);
const problems = models
  .filter(({ verdict }) => verdict !== "pass")
  .map(({ name, sentence }) => `${name}: ${sentence}`);
if (models.length === 0) problems.push("no model");
if (publication.status !== "published")
  problems.push(`publication: ${publication.status}, ${publication.reason}`);
if (exit_code !== 0) problems.push(`exit code ${exit_code}`);
console.log(
  problems.length === 0
    ? `${models.length} model published`
    : problems.join("\n"),
);
process.exitCode = problems.length === 0 ? 0 : 1;
