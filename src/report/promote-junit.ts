import type { HandoverState } from "../registry/handover/state.ts";
import { element } from "./xml.ts";

/** JUnit XML of a promotion, for GitLab's test tab: the version is a case, and each hand-over. */
export function renderPromoteJunit(promotion: {
  algorithm: string;
  name: string;
  release: string;
  handover: readonly HandoverState[];
}): string {
  const { algorithm, name, release, handover } = promotion;
  const cases = [
    element("testcase", {
      name: `${name} ${release}`.trim(),
      classname: algorithm,
    }),
    ...handover.map((state) => handoverCase(algorithm, state)),
  ];
  const attributes = {
    name: "promote",
    tests: cases.length,
    failures: handover.filter(({ status }) => status === "failed").length,
    errors: 0,
  };
  const suite = element(
    "testsuite",
    attributes,
    `${cases.map((each) => `\n    ${each}`).join("")}\n  `,
  );

  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="model-to-edge">\n  ${suite}\n</testsuites>\n`;
}

function handoverCase(
  algorithm: string,
  { name, reason }: HandoverState,
): string {
  const attributes = { name: `hand-over ${name}`, classname: algorithm };
  return reason === null
    ? element("testcase", attributes)
    : element(
        "testcase",
        attributes,
        element("failure", { message: reason }, ""),
      );
}
