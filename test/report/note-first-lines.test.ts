import { describe, expect, it } from "vitest";
import type { Summary, SummaryModel } from "../../src/report/summary.ts";
import { summaryModel } from "../support/report-samples.ts";
import {
  blocks,
  broken,
  LINK,
  none,
  red,
  render,
  warned,
  warning,
} from "./note-samples.ts";

describe("the first lines of the note", () => {
  it.each<[string, Partial<Summary>]>([
    [`### ✅ ${LINK("detector")} may ship`, {}],
    [
      `### ⚠️ ${LINK("detector")} may ship, with a warning: a path is in the file (and 1 more)`,
      {
        models: [
          {
            ...warned,
            reasons: [warning("a path is in the file"), warning("b")],
          },
        ],
      },
    ],
    [
      `### ⚠️ ${LINK("detector")} may ship, with a warning`,
      { models: [warned] },
    ],
    [
      `### ⚠️ Both models may ship, 1 of them with a warning: ${LINK("detector")}`,
      { models: [summaryModel({ name: "a" }), warned] },
    ],
    [`### ❌ ${LINK("classifier")} may not ship: wrong`, { models: [red] }],
    [
      `### ❓ ${LINK("b")} may not ship: unproven`,
      { models: [{ ...red, name: "b", why: "unproven" }] },
    ],
    [
      `### 🚧 ${LINK("segmentor")} could not be converted`,
      { models: [broken] },
    ],
    [
      `### ❌ 2 of 3 models may not ship: ${LINK("classifier")}, ${LINK("segmentor")}`,
      { models: [broken, summaryModel(), red] },
    ],
    [
      `### ⚠️ ${LINK("detector")} may ship, but nothing was published`,
      {
        publication: {
          ...none,
          status: "withheld",
          reason: "the branch is protected",
        },
      },
    ],
    ["### ➖ Nothing to do", { models: [], publication: none }],
  ])("are %s", (line, change) => expect(blocks(change)[0]).toBe(line));

  it("then say the cause, what to do next and where more is, before anything else", () => {
    expect(blocks({ models: [red] }).slice(1, 3)).toEqual([
      "Element `[0,17]` of `y` differs.",
      "**What to do next:** Train again. [Read more.](https://git.test/docs/what-green-means.md#parity-in-words)",
    ]);
    expect(blocks({ models: [warned] })[1]).toBe(
      "Warning: a path of the machine is in the file.",
    );
  });

  it("lead to what the engine printed, where it failed", () => {
    const failed = {
      ...broken,
      timings: { engine: 1 },
      reasons: [
        {
          check: "engine-crashed",
          status: "failed",
          code: "engine-crashed",
          parts: [{ text: "it crashed" }],
        },
      ],
    } satisfies SummaryModel;
    const note = render({ models: [failed] });

    expect(note.split("\n\n")[1]).toBe(
      "No checkpoint. [Read more.](https://git.test/docs/errors.md#engine-crashed) [What the engine printed.](https://git.test/-/jobs/1/artifacts/file/out/models/segmentor/engine.log)",
    );
    expect(note).toContain(
      "could not be converted | [`engine-crashed`](https://git.test/docs/errors.md#engine-crashed) |",
    );
    expect(render({ models: [{ ...failed, timings: {} }] })).not.toContain(
      "What the engine printed",
    );
  });

  it("do not say a warning twice", () => {
    const model = { ...warned, reasons: [warning("a path is in the file")] };
    const note = render({ models: [model] });
    expect(note.split("<details>")[0]?.match(/in the file/g)).toHaveLength(2);
    expect(blocks({ models: [model] })[1]).toMatch(/^Published/);
  });

  it("name each red model, the gravest first, and no more than three", () => {
    const models = [broken, red, summaryModel(), warned];
    expect(blocks({ models }).slice(1, 4)).toEqual([
      expect.stringMatching(
        /^❌ \[`classifier`\]\S+: Element `\[0,17\]` of `y`/,
      ),
      expect.stringMatching(/^\*\*What to do next:\*\* Train again\./),
      expect.stringMatching(/^🚧 \[`segmentor`\]\S+: No checkpoint\./),
    ]);

    const many = [..."abcde"].map((name) => ({
      ...{ ...red, name },
      because: [{ text: `${name} differs` }],
    }));
    expect(render({ models: many }).match(/\*\*What to do next/g)).toHaveLength(
      3,
    );
  });

  it("give one cause of many models once", () => {
    const many = [..."abcdefg"].map((name) => ({ ...red, name }));
    const [headline, cause] = blocks({ models: many });
    expect(headline).toContain("7 of 7 models may not ship");
    expect(cause).toMatch(/^Element `\[0,17\]` of `y`/);

    const [, named, , other] = blocks({ models: [...many, broken] });
    expect(named).toMatch(/^❌ \[`a`\].+\[`e`\]\S+ and 2 more: Element/);
    expect(other).toMatch(/^🚧 \[`segmentor`\]\S+: No checkpoint\./);
  });

  it("hold twenty notices, and where the others are", () => {
    const notices = Array.from({ length: 1000 }, (_, n) => `notice ${n}`);
    const lines = render({ notices })
      .split("\n")
      .filter((line) => line.startsWith("- "));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toMatch(/^- And 980 more: see /);
  });
});
