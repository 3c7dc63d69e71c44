// What a release writes into files, and what it checks there: text in, text out.

const IMAGES = /^( +\w+: )\$CI_REGISTRY\/(\S+)\/([a-z-]+):(\S+)$/gm;
export const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** The template with the images of a version, null for the one that it has. */
export function stampTemplate(template, version, project) {
  if (template.search(IMAGES) < 0)
    throw new Error("a template has no image to stamp");

  return template.replaceAll(
    IMAGES,
    (...[, key, old, name, was]) =>
      `${key}$CI_REGISTRY/${project ?? old}/${name}:${version ?? was}`,
  );
}

/** Names of the images that templates take, each once. */
export function imagesOf(templates) {
  const names = templates.flatMap((text) =>
    [...text.matchAll(IMAGES)].map(([, , , name]) => name),
  );
  return [...new Set(names)];
}

/** A page with the project's path in its examples of includes and images. */
export function stampExamples(text, was, project) {
  return text
    .replaceAll(`$CI_SERVER_FQDN/${was}/`, `$CI_SERVER_FQDN/${project}/`)
    .replaceAll(`$CI_REGISTRY/${was}/`, `$CI_REGISTRY/${project}/`);
}

/** The project's path in package.json. */
export function projectOf(text) {
  const { pathname } = new URL(
    JSON.parse(text).repository.url.replace(/^git\+/, ""),
  );
  return pathname.slice(1).replace(/\.git$/, "");
}

/** package.json with the project's path in `repository` and `bugs`. */
export function stampAddresses(text, project) {
  const address = /"((?:git\+)?https:\/\/[^/"]+\/)[^"]+?(\.git|\/-\/issues)"/g;
  return text.replaceAll(
    address,
    (_, server, end) => `"${server}${project}${end}"`,
  );
}

/** The changelog with what was unreleased under a version and its day. */
export function stampChangelog(changelog, version, day) {
  if (notesOf(changelog, "Unreleased") === "")
    throw new Error("CHANGELOG.md says nothing under [Unreleased]");
  return changelog.replace(
    "## [Unreleased]\n",
    `## [Unreleased]\n\n## [${version}] - ${day}\n`,
  );
}

/** What the changelog says about a version, or "". */
export function notesOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const section =
    sections.find((text) => text.startsWith(`[${version}]`)) ?? "";
  return section.slice(section.indexOf("\n") + 1).trim();
}

/** Why a tag may not be released, one line each; `templates` is name to text. */
export function stampProblems({
  tag,
  project,
  packageVersion,
  templates,
  changelog,
}) {
  const problems = [];
  if (!VERSION.test(tag))
    problems.push(`${tag} is not a semantic version (without v)`);
  if (packageVersion !== tag)
    problems.push(`package.json says ${packageVersion}`);
  for (const [name, template] of Object.entries(templates))
    problems.push(...imageProblems(name, template, { tag, project }));
  if (notesOf(changelog, tag) === "")
    problems.push(`CHANGELOG.md says nothing about ${tag}`);
  return problems;
}

function imageProblems(name, template, { tag, project }) {
  const images = [...template.matchAll(IMAGES)];
  if (images.length === 0) return [`templates/${name} names no image`];

  const versions = new Set(images.map(([, , , , version]) => version));
  const paths = new Set(images.map(([, , path]) => path));
  versions.delete(tag);
  if (project) paths.delete(project);
  return [
    ...[...versions].map(
      (version) => `templates/${name} takes its image at ${version}`,
    ),
    ...(project ? [...paths] : []).map(
      (path) =>
        `templates/${name} takes its image from ${path}, not ${project}`,
    ),
  ];
}
