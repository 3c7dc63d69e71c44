import { LANDING_HELP } from "../text/docs-address.ts";
import type { LandNote } from "./land-note.ts";
import { element, escapeXml } from "./xml.ts";

/** JUnit XML for GitLab's test tab: a case for each merge request, and one for each of its models. */
export function renderLandJunit(
  { requests }: { requests: readonly (LandNote & { iid: number })[] },
  docs: string,
): string {
  const cases = requests.flatMap((request) => [
    requestCase(request, docs),
    ...request.models.map((model) => modelCase(request, model)),
  ]);

  const failures = cases.filter(({ message }) => message !== null).length;
  const attributes = {
    name: "land",
    tests: cases.length,
    failures,
    errors: 0,
    skipped: 0,
  };

  const content = cases.map(({ name, group, message }) => {
    const parts = { name, classname: group };
    if (message === null) return `    ${element("testcase", parts)}\n`;
    return `    ${element("testcase", parts, element("failure", { message, type: "land" }, escapeXml(message)))}\n`;
  });

  const suite = element("testsuite", attributes, `\n${content.join("")}  `);

  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="model-to-edge">\n  ${suite}\n</testsuites>\n`;
}

interface Case {
  name: string;
  group: string;
  /** Null where it passed. */
  message: string | null;
}

function requestCase(
  { iid, data_branch, status, reason, next }: LandNote & { iid: number },
  docs: string,
): Case {
  const failed = status === "refused" || status === "failed";
  const message = failed
    ? [reason, next, `more: ${docs}/${LANDING_HELP}`].filter(Boolean).join("\n")
    : null;
  return { name: `!${iid} (${data_branch})`, group: "merge requests", message };
}

function modelCase(
  { iid }: { iid: number },
  { name, state, sentence, files }: LandNote["models"][number],
): Case {
  const fine = state === "green" || state === "removed";
  return {
    name,
    group: `!${iid}`,
    message: fine ? null : [sentence, ...files].join("\n"),
  };
}
