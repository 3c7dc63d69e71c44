// Which inputs of the templates stand together in the docs.

const GROUPS = {
  "Result and note": "publish fail-on note note-pictures mlflow token-variable",
  "Who is trusted":
    "code-from signing-key-variable key store-user require-signed",
  "Addresses and certificates": "store-web-url s3-endpoint docs-url ca-file",
  "How the run works":
    "jobs isolation uncommitted timeout patience force dry-run single-writer",
  "The job in the pipeline":
    "gpu image engine-images tags child-tags engine-tags max-jobs stage job-name job-prefix needs rules start-on environment retry allow-failure interruptible resource-group artifacts-expire-in",
};

/** `[title, names]` of each group that has any of the names, each in the order given; first what is in no group. */
export function inGroups(names) {
  const groups = Object.entries(GROUPS).map(([title, words]) => [
    title,
    words.split(" "),
  ]);
  const grouped = new Set(groups.flatMap(([, words]) => words));
  const own = names.filter((name) => !grouped.has(name));

  return [["What it works on", own], ...groups]
    .map(([title, words]) => [
      title,
      names.filter((name) => words.includes(name)),
    ])
    .filter(([, words]) => words.length > 0);
}
