import { describe, expect, it } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { renderMarkdown } from "../../scripts/parts/gitlab-markdown.mjs";
import type { HandoverState } from "../../src/registry/handover/state.ts";
import type { Promotion } from "../../src/registry/promotion.ts";
import { renderPromoteNote } from "../../src/report/promote-note.ts";
import { textOutsideCode } from "./text-outside-code.ts";

const promotion: Promotion = {
  ...{ kind: "promotion", version: 1, status: "promoted" },
  registry: "s3://models/autoware-ml",
  ...{ algorithm: "CenterPoint", name: "t4base", release: "1.1.0" },
  digest: "d".repeat(64),
  since: {
    ...{ release: "1.0.0", level: "weights" },
    changes: ["same graph, new weights"],
  },
  source: {
    ...{ store: "lakefs://vision", branch: "main", model: "det" },
    commit: "c".repeat(64),
  },
  link: "s3://models/autoware-ml/models/CenterPoint/t4base/1.1.0/",
  files: [],
  aliases: [
    { name: "edge", was: "1.0.0" },
    { name: "latest", was: "1.1.0" },
  ],
  merge_request: { iid: 7, url: null },
  handover: [],
};
const extras = {
  jobUrl: "https://git.test/-/jobs/1",
  version: "1.2.3",
  docs: "https://docs.test",
};
const render = (change: Partial<Promotion> = {}) =>
  renderPromoteNote({ ...promotion, ...change }, extras);

const WEBAUTO: HandoverState = {
  name: "webauto",
  status: "done",
  files: [],
  handed: "2 of 2 files",
  reason: null,
  next: "in Web.Auto, New Release",
};

describe("the note of a promotion", () => {
  it("says the version, since which one and why, where it lies, and who names it", () => {
    expect(render()).toBe(
      `### ✅ Promoted: \`t4base\` is version \`1.1.0\` in the registry

Programs that run the model need no change. Since \`1.0.0\`: same graph, new weights.

It lies at \`s3://models/autoware-ml/models/CenterPoint/t4base/1.1.0/\`, from \`det\` of branch \`main\` of \`lakefs://vision\`, commit \`${"c".repeat(12)}\`.

Aliases that were set to it: \`edge\` (before: \`1.0.0\`), \`latest\`.

<sub>model-to-edge \`1.2.3\` · content \`${"d".repeat(12)}\` · [job log](https://git.test/-/jobs/1) · [how versions are computed](https://docs.test/registry.md)</sub>
`,
    );
  });

  it("says of a breaking version that programs must change, and lists what changed", () => {
    const note = render({
      since: {
        ...{ release: "1.1.0", level: "breaking" },
        changes: ["`scores` was [N,80], is [N,81]", "the classes changed"],
      },
    });
    expect(note).toContain(
      "Breaking: a program that runs the model must change. Since `1.1.0`:\n\n- ",
    );
    expect(note).toContain("- the classes changed");
    expect(renderMarkdown(note)).toContain("<li>the classes changed</li>");
  });

  it("says of the first version that it has none before", () => {
    expect(render({ since: null })).toContain(
      "It is counted from no earlier version.",
    );
  });

  it("links a page, and says what was handed over and what is left to do", () => {
    const note = render({
      link: "https://mlflow.test/#/models/t4base",
      handover: [
        WEBAUTO,
        {
          ...WEBAUTO,
          ...{ name: "fleet", status: "failed", handed: "1 of 2 files" },
          ...{ reason: "`push` exited with 1: no | quota", next: null },
        },
      ],
    });
    expect(note).toContain(
      "### ⚠️ Promoted: `t4base` is version `1.1.0` in the registry, but was not handed over completely",
    );
    expect(note).toContain("It lies at [its files](https://mlflow.test/");
    const html = renderMarkdown(note);
    expect(html.match(/<tr>/g)).toHaveLength(3);
    expect(html).toContain("in Web.Auto, New Release");
    expect(html).toContain("quota");
  });

  it("lets no name, change or reason of others become Markdown", () => {
    const evil = "@all ~bug #1 !2 <img src=x> [a](http://b) **c**";
    const note = render({
      name: evil,
      since: { release: evil, level: "weights", changes: [evil, evil] },
      aliases: [{ name: evil, was: evil }],
      handover: [
        { ...WEBAUTO, name: evil, status: "failed", reason: evil, next: evil },
      ],
    });
    const text = textOutsideCode(renderMarkdown(note));
    expect(text).not.toMatch(/@all|~bug|!2|#1/);
    expect(renderMarkdown(note)).not.toContain("<img");
  });
});
