import { describe, expect, it } from "vitest";
import { readMarker } from "../../src/gitlab/note-marker.ts";
import { useNotes } from "./post-note.ts";

const at = useNotes();
const BODY = "### the answer";

describe("a note that is updated", () => {
  it("remembers what earlier pipelines said, folded and the newest first", async () => {
    await at.post({ iid: 31, says: "detector may not ship: wrong" });
    await at.post({ iid: 32, says: "detector may ship, see @all" });
    await at.post({ iid: 33, body: BODY });

    const [body = ""] = at.bodies();
    expect(at.bodies()).toHaveLength(1);
    expect(body.split("\n").slice(1).join("\n")).toBe(
      `${BODY}

<details>
<summary>Earlier pushes</summary>

- [pipeline 32](https://git.test/sub/acme/vision/-/jobs/5001): detector may ship, see \`@all\`
- [pipeline 31](https://git.test/sub/acme/vision/-/jobs/5001): detector may not ship: wrong

</details>`,
    );
  });

  it("says nothing twice of a pipeline whose job ran again", async () => {
    await at.post({ iid: 31, says: "could not be checked" });
    await at.post({ iid: 32, says: "could not be checked" });
    await at.post({ iid: 32, body: BODY });

    expect(readMarker(at.bodies()[0] ?? "")?.history).toMatchObject([
      { iid: 31 },
    ]);
    expect(await at.post({ iid: 32, body: BODY })).toMatchObject({
      status: "unchanged",
    });
  });

  it("remembers ten", async () => {
    for (let iid = 1; iid <= 13; iid += 1) await at.post({ iid });
    const { history = [] } = readMarker(at.bodies()[0] ?? "") ?? {};
    expect(history.map(({ iid }) => iid)).toEqual([
      12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
    ]);
  });
});

describe("a new note for each pipeline", () => {
  const mode = { keepsEarlier: true };

  it("leaves the earlier one, and says on it that it no longer counts", async () => {
    await at.post({ iid: 31, mode, body: "### red" });
    await at.post({ iid: 32, mode, body: "### green" });
    await at.post({ iid: 33, mode, body: BODY });

    expect(at.bodies().map((body) => body.split("\n")[1])).toEqual([
      expect.stringContaining("Superseded by [a newer note]"),
      expect.stringContaining("Superseded by [a newer note]"),
      BODY,
    ]);
    expect(at.bodies()[0]).toContain("### red");
    expect(at.bodies()[2]).not.toContain("Earlier pushes");
  });

  it("is one for a pipeline, however often its job runs", async () => {
    await at.post({ iid: 31, mode });
    await at.post({ iid: 31, mode, body: BODY });
    expect(at.bodies()).toHaveLength(1);
    expect(at.bodies()[0]).toContain(BODY);
  });

  it("is not written over a newer pipeline's", async () => {
    await at.post({ iid: 32, mode, body: BODY });
    expect(await at.post({ iid: 31, mode })).toMatchObject({ status: "older" });
    expect(at.bodies()).toHaveLength(1);
  });
});

describe("a note that only brings up to date", () => {
  const mode = { onlyEdits: true };

  it("is none where there is none", async () => {
    expect(await at.post({ mode })).toMatchObject({
      status: "quiet",
      url: null,
    });
    expect(at.bodies()).toEqual([]);
  });

  it("takes back an older red", async () => {
    await at.post({ iid: 31, body: "### red" });
    expect(await at.post({ iid: 32, mode, body: BODY })).toMatchObject({
      status: "updated",
    });
    expect(at.bodies()).toHaveLength(1);
    expect(at.bodies()[0]).not.toContain("### red");
  });
});
