// The repository at its tag, under the path that it has on the other GitLab.
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const WHO = [
  ...["-c", "user.name=model-to-edge bundle"],
  ...["-c", "user.email=model-to-edge@localhost", "-c", "commit.gpgsign=false"],
];

/**
 * Clones `root` at `ref` into `folder`; where `project` is another path than the one that is stamped, stamps it and moves
 * the tag. Gives version and project. Throws where the files do not hold that version.
 */
export function cloneAt(root, { ref, project, folder }) {
  const git = (...words) =>
    execFileSync("git", [...WHO, ...words], { cwd: folder, encoding: "utf8" });

  execFileSync("git", ["clone", "--quiet", "--no-local", root, folder], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  git("checkout", "--quiet", "-B", "main", ref);
  const { version } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );

  if (project) {
    release(folder, "project", project);
    if (git("status", "--porcelain") !== "")
      git("commit", "--quiet", "--all", "-m", `Stamp for ${project}`);
  }

  release(folder, "check", version, ...(project ? [project] : []));
  git("tag", "--force", version);

  return { version, project: project ?? stampedProject(folder) };
}

/** One file that `git clone` and `git fetch` read: the branch `main` and the tag. */
export function writeGitBundle(folder, file, version) {
  execFileSync(
    "git",
    ["bundle", "create", file, "main", `refs/tags/${version}`],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
}

/** Builds the clone with the packages of the checkout. */
export function buildClone(root, folder) {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  execFileSync(process.execPath, ["scripts/build.mjs"], {
    cwd: folder,
    stdio: "inherit",
  });
}

function stampedProject(folder) {
  const { repository } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const { pathname } = new URL(repository.url.replace(/^git\+/, ""));
  return pathname.slice(1).replace(/\.git$/, "");
}

function release(cwd, ...words) {
  execFileSync(process.execPath, ["scripts/release.mjs", ...words], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
