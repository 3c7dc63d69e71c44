import { describe, expect, it } from "vitest";
import { renderErrorNote } from "../../src/report/error-note.ts";

const LINKS = { job: "https://git.test/-/jobs/1", docs: "https://git.test/d" };

describe("renderErrorNote", () => {
  it("says why, what to do next and where more is, with foreign text made neutral", () => {
    const error = {
      message: "branch `x` of @all has 3 uncommitted objects",
      hint: "/merge nothing: run `lakectl commit lakefs://vision/x`",
      code: "uncommitted",
    };
    expect(
      renderErrorNote(error, LINKS, "1.2.3"),
    ).toBe(`### 🚧 The edge models could not be checked

Branch \`x\` of \`@all\` has 3 uncommitted objects.

**What to do next:** \`/merge\` nothing: run \`lakectl commit lakefs://vision/x\`. [Read more.](https://git.test/d/errors.md#uncommitted)

**Not published.** The models of this commit were not checked.

<sub>model-to-edge 1.2.3 · [job log](https://git.test/-/jobs/1)</sub>
`);
  });

  it("says no more than it knows", () => {
    expect(
      renderErrorNote({ message: "stopped" }, { ...LINKS, job: null }, "1.2.3"),
    ).toBe(
      "### 🚧 The edge models could not be checked\n\nStopped.\n\n**Not published.** The models of this commit were not checked.\n\n<sub>model-to-edge 1.2.3</sub>\n",
    );
  });
});
