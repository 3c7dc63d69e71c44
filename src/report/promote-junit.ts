import { element } from "./xml.ts";

/** JUnit XML of a promotion that did what it should: one case, for GitLab's test tab. */
export function renderPromoteJunit(promotion: {
  algorithm: string;
  name: string;
  release: string;
}): string {
  const { algorithm, name, release } = promotion;
  const done = element("testcase", {
    name: `${name} ${release}`,
    classname: algorithm,
  });
  const attributes = { name: "promote", tests: 1, failures: 0, errors: 0 };

  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="model-to-edge">\n  ${element("testsuite", attributes, `\n    ${done}\n  `)}\n</testsuites>\n`;
}
