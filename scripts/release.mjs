// node scripts/release.mjs stamp VERSION [PROJECT] | project PROJECT | check TAG [PROJECT] | notes TAG
// A tag must hold its own image's version before it exists: stamp, commit, tag; the tag's pipeline checks, builds, releases.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  notesOf,
  projectOf,
  stampAddresses,
  stampChangelog,
  stampExamples,
  stampProblems,
  stampTemplate,
  VERSION,
} from "./release-stamps.mjs";

const root = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const readTemplates = () =>
  Object.fromEntries(
    readdirSync(new URL("templates", root)).map((name) => [
      name,
      read(`templates/${name}`),
    ]),
  );
const write = (path, text) => writeFileSync(new URL(path, root), text);

function stamp(version, project) {
  if (!VERSION.test(version))
    throw new Error(`${version} is not a semantic version (without v)`);
  const templates = Object.entries(readTemplates()).map(([name, text]) => [
    name,
    stampTemplate(text, version, project),
  ]);
  const changelog = stampChangelog(
    read("CHANGELOG.md"),
    version,
    new Date().toISOString().slice(0, 10),
  );
  for (const file of ["package.json", "package-lock.json"])
    write(
      file,
      read(file).replace(/"version": "[^"]+"/, `"version": "${version}"`),
    );
  if (project) stampProject(project);
  const lock = JSON.parse(read("package-lock.json"));
  lock.packages[""].version = version;
  write("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
  for (const [name, template] of templates)
    write(`templates/${name}`, template);
  write("CHANGELOG.md", changelog);
  console.log(
    `stamped ${version}; next: node scripts/templates/doc-tables.mjs, npm run check, commit, tag ${version}`,
  );
}

/** The path that the component has on another GitLab: in templates, package.json, and the examples of the pages. */
function stampProject(project) {
  if (!/^[\w.-]+(\/[\w.-]+)+$/.test(project))
    throw new Error(
      `${project} is not a project's path, such as ml/model-to-edge`,
    );

  const was = projectOf(read("package.json"));
  write("package.json", stampAddresses(read("package.json"), project));
  for (const [name, text] of Object.entries(readTemplates()))
    write(`templates/${name}`, stampTemplate(text, null, project));
  for (const page of pages())
    write(page, stampExamples(read(page), was, project));
}

function pages() {
  const docs = readdirSync(new URL("docs", root)).map((name) => `docs/${name}`);
  return [...docs, "README.md"].filter(
    (page) => page.endsWith(".md") && existsSync(new URL(page, root)),
  );
}

function check(tag, project) {
  const [templates, changelog] = [readTemplates(), read("CHANGELOG.md")];
  const packageVersion = JSON.parse(read("package.json")).version;
  const problems = stampProblems({
    tag,
    project,
    packageVersion,
    templates,
    changelog,
  });
  if (problems.length === 0) return;
  console.error(`${tag} cannot be released: ${problems.join("; ")}`);
  console.error(
    `hint: node scripts/release.mjs stamp ${tag}${project ? ` ${project}` : ""}, commit, and tag that commit`,
  );
  process.exitCode = 1;
}

const commands = {
  stamp,
  project: stampProject,
  check,
  notes: (tag) => console.log(notesOf(read("CHANGELOG.md"), tag)),
};
const [command, version, project] = process.argv.slice(2);
if (version && Object.hasOwn(commands, command))
  commands[command](version, project);
else {
  console.error(
    "usage: node scripts/release.mjs stamp VERSION [PROJECT] | project PROJECT | check TAG [PROJECT] | notes TAG",
  );
  process.exitCode = 2;
}
