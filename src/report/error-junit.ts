import { element, escapeXml } from "./xml.ts";

/** JUnit XML of a run that ended early: one case, an error, for GitLab's test tab. */
export function renderErrorJunit(failure: {
  message: string;
  hint?: string | undefined;
  /** What was done for good before, in a sentence. */
  stands?: string | null | undefined;
  /** Address of the documentation's page about it. */
  page?: string | undefined;
}): string {
  const { message, hint, stands, page } = failure;
  const text = [
    message,
    hint,
    stands && `so far: ${stands}`,
    page && `more: ${page}`,
  ]
    .filter(Boolean)
    .join("\n");
  const error = element(
    "error",
    { message: failure.message, type: "run" },
    escapeXml(text),
  );

  const run = element("testcase", { name: "run", classname: "run" }, error);
  const attributes = { name: "run", tests: 1, failures: 0, errors: 1 };

  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="model-to-edge">\n  ${element("testsuite", attributes, `\n    ${run}\n  `)}\n</testsuites>\n`;
}
