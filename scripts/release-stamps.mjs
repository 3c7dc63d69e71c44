// What a release writes into files, and what it checks there: text in, text out.

const IMAGE = /^( {6}default: )\$CI_REGISTRY\/(\S+)\/([a-z-]+):(\S+)$/m;
export const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** The template with the image of a version as default. */
export function stampTemplate(template, version, project) {
  if (!IMAGE.test(template))
    throw new Error("a template has no default image to stamp");
  return template.replace(
    IMAGE,
    (_, key, old, name) =>
      `${key}$CI_REGISTRY/${project ?? old}/${name}:${version}`,
  );
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
    problems.push(`${tag} is no semantic version (without v)`);
  if (packageVersion !== tag)
    problems.push(`package.json says ${packageVersion}`);
  for (const [name, template] of Object.entries(templates)) {
    const [, , path, , version] = IMAGE.exec(template) ?? [];
    if (version !== tag)
      problems.push(`templates/${name} takes its image at ${version}`);
    if (project && path !== project)
      problems.push(
        `templates/${name} takes its image from ${path}, not ${project}`,
      );
  }
  if (notesOf(changelog, tag) === "")
    problems.push(`CHANGELOG.md says nothing about ${tag}`);
  return problems;
}
