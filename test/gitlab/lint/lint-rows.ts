export const COMPONENT = "$CI_SERVER_FQDN/acme/edge/model-to-edge";

/** Entries of `include:` with these lines among their inputs. */
export function including(name: string, ...inputs: string[]): string {
  return [
    `  - component: ${COMPONENT}/${name}@1`,
    "    inputs:",
    "      store: lakefs://vision",
    ...inputs.map((line) => `      ${line}`),
    "",
  ].join("\n");
}

export const CONVERT = `include:\n${including("convert")}`;

/** What a pipeline loses, the file, what is said of it, its cure as said, and the cured file. */
export interface LostRow {
  what: string;
  file: string;
  says: RegExp;
  fix: string;
  cured: string;
}

const BRANCHES = `workflow:
  rules:
    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
      when: never
    - if: $CI_COMMIT_BRANCH
`;
const WITH_REQUESTS = BRANCHES.replace(
  "  rules:\n",
  "  rules:\n    - if: $CI_MERGE_REQUEST_IID\n",
);
const FIRST = "put `- if: $CI_MERGE_REQUEST_IID` first in `workflow: rules:`";
const ONLY_REQUESTS = `include:\n${including(
  "convert",
  "rules:",
  "  - if: $CI_MERGE_REQUEST_IID",
)}`;
const OWN_RULES = `model-to-edge-convert:
  rules:
    - if: $CI_COMMIT_TAG
`;

export const LOST: LostRow[] = [
  {
    what: "branches alone, and none with an open merge request",
    file: `${BRANCHES}${CONVERT}`,
    says: /by the rules of workflow:/,
    fix: FIRST,
    cured: `${WITH_REQUESTS}${CONVERT}`,
  },
  {
    what: "branches alone, for a job of merge requests alone",
    file: `workflow:\n  rules:\n    - if: $CI_COMMIT_BRANCH\n${ONLY_REQUESTS}`,
    says: /by the rules of workflow:/,
    fix: FIRST,
    cured: `workflow:\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n    - if: $CI_COMMIT_BRANCH\n${ONLY_REQUESTS}`,
  },
  {
    what: "rules of a job of its own",
    file: `${CONVERT}${OWN_RULES}`,
    says: /by the rules of the project's own job/,
    fix: "take the rules out of the project's own job of that name",
    cured: CONVERT,
  },
  {
    what: "both of them",
    file: `${BRANCHES}${CONVERT}${OWN_RULES}`,
    says: /by the rules of the project's own job/,
    fix: `take the rules out of the project's own job of that name, and ${FIRST}`,
    cured: `${WITH_REQUESTS}${CONVERT}`,
  },
];
