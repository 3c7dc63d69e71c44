import { describe, expect, it } from "vitest";
import { renderErrorNote } from "../../src/report/error-note.ts";

describe("renderErrorNote", () => {
  it("says why, and what to do next, with foreign text made neutral", () => {
    const error = {
      message: "branch @all has 3 uncommitted objects",
      hint: "/merge nothing: run lakectl commit lakefs://vision/x",
    };
    expect(
      renderErrorNote(error, { job: "https://git.test/-/jobs/1" }, "1.2.3"),
    ).toBe(`### 🚧 The edge models could not be checked

branch \`@all\` has 3 uncommitted objects

**What to do next**: \`/merge\` nothing: run lakectl commit \`lakefs://vision/x\`

<sub>model-to-edge \`1.2.3\` · [job log](https://git.test/-/jobs/1)</sub>
`);
  });

  it("says no more than it knows", () => {
    expect(
      renderErrorNote({ message: "stopped" }, { job: null }, "1.2.3"),
    ).toBe(
      "### 🚧 The edge models could not be checked\n\nstopped\n\n<sub>model-to-edge `1.2.3`</sub>\n",
    );
  });
});
