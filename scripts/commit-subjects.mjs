// node scripts/commit-subjects.mjs RANGE, such as origin/main..HEAD: refuses
// commits whose first line is not a subject that fits into one line of a list.
import { spawnSync } from "node:child_process";

const LIMIT = 72;
const [range] = process.argv.slice(2);
process.exitCode = range ? checkRange(range) : usage();

/** Exit code 0, 1 for a subject that does not fit, 2 where Git refuses. */
function checkRange(range) {
  // Merges are made by a server, and say what it likes.
  const words = ["log", "--no-merges", "--format=%h %s", range, "--"];
  const { stdout, stderr, status } = spawnSync("git", words, {
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(`git log ${range} failed: ${stderr.trim()}`);
    console.error("hint: the history must reach that far, see GIT_DEPTH");
    return 2;
  }

  const commits = stdout.split("\n").filter(Boolean);
  const long = commits.filter((line) => subjectOf(line).length > LIMIT);
  for (const line of long)
    console.error(
      `${line}: ${subjectOf(line).length} characters, at most ${LIMIT}; git rebase -i rewords it`,
    );

  console.log(`${commits.length} commits, ${long.length} with a long subject`);
  return long.length > 0 ? 1 : 0;
}

/** Code points, as people count. */
function subjectOf(line) {
  return [...line.slice(line.indexOf(" ") + 1)];
}

function usage() {
  console.error("usage: node scripts/commit-subjects.mjs RANGE");
  return 2;
}
