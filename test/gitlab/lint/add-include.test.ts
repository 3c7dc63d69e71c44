import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { addInclude, asFile } from "../../../src/gitlab/lint/add-include.ts";

const ENTRY = [
  "component: $CI_SERVER_FQDN/ml/model-to-edge/convert@1",
  "inputs:",
  "  store: lakefs://vision",
] as const;
const ADDED = {
  component: "$CI_SERVER_FQDN/ml/model-to-edge/convert@1",
  inputs: { store: "lakefs://vision" },
};

const JOB = "build:\n  script:\n    - make # all\n";
/** A pipeline, what it includes already, and the lines that stay as they are. */
const ROWS: [what: string, text: string, before: unknown[]][] = [
  ["no include", JOB, []],
  ["comments first", `# ours\n\n---\n# a\n${JOB}`, []],
  ["a spec before it", `spec:\n  inputs:\n    x:\n---\n${JOB}`, []],
  ["no line end at its end", JOB.trimEnd(), []],
  ["a list", `include:\n  - local: a.yml # why\n${JOB}`, [{ local: "a.yml" }]],
  [
    "a list at the margin",
    `include:\n- local: a.yml\n${JOB}`,
    [{ local: "a.yml" }],
  ],
  [
    "a list at the end",
    `${JOB}include:\n    - local: a.yml`,
    [{ local: "a.yml" }],
  ],
  [
    "a list of whole components, a comment after it",
    `include:\n  - component: x/y@1\n    inputs:\n      a: 1\n  # the rest\n\n${JOB}`,
    [{ component: "x/y@1", inputs: { a: 1 } }],
  ],
  ["a name", `include: a.yml # why\n${JOB}`, ["a.yml"]],
  ["a quoted name", `include: 'a.yml'\n${JOB}`, ["a.yml"]],
  [
    "brackets",
    `include: [a.yml, {local: b.yml}]\n${JOB}`,
    ["a.yml", { local: "b.yml" }],
  ],
  [
    "brackets over lines",
    `include: [\n  a.yml,\n  "b.yml"\n]\n${JOB}`,
    ["a.yml", "b.yml"],
  ],
  [
    "one map",
    `include:\n  project: a/b\n  file:\n    - x.yml\n    - y.yml\n${JOB}`,
    [{ project: "a/b", file: ["x.yml", "y.yml"] }],
  ],
  [
    "Windows' line ends",
    "include:\r\n  - local: a.yml\r\n",
    [{ local: "a.yml" }],
  ],
];

const lastOf = (text: string) => {
  const all = parseAllDocuments(text);
  return (Array.isArray(all) ? all.at(-1)?.toJS() : {}) as Record<
    string,
    unknown
  >;
};

describe("one more include", () => {
  it.each(ROWS)(
    "is added where there is %s, and nothing else changes",
    (_, text, before) => {
      const changed = addInclude(text, ENTRY) ?? "refused";
      const { include, ...others } = lastOf(changed);
      const { include: _was, ...othersBefore } = lastOf(text);

      expect(include).toEqual([...before, ADDED]);
      expect(others).toEqual(othersBefore);
      // Comments and jobs are there to the letter.
      for (const kept of [JOB.trimEnd(), "# why", "# ours", "# the rest"])
        expect(changed.includes(kept)).toBe(text.includes(kept));
    },
  );

  it.each([
    ["no YAML", "a: ["],
    ["no map", "- a\n"],
    ["an alias", "x: &x [a.yml]\ninclude: *x\n"],
    ["a reference", "include: !reference [x, y]\n"],
    ["nothing behind the key", "include:\n"],
  ])("is refused where there is %s", (_, text) => {
    expect(addInclude(text, ENTRY)).toBeNull();
  });

  it("is a file of its own where there is none", () => {
    expect(lastOf(asFile(ENTRY))).toEqual({ include: [ADDED] });
  });
});
