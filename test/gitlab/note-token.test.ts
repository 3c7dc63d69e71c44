import { describe, expect, it } from "vitest";
import { markerKey, readMarker } from "../../src/gitlab/note-marker.ts";
import { FACTS, ours, ROUTE, useNotes } from "./post-note.ts";

const at = useNotes();
/** The user of a token that expired. */
const EARLIER = 4;
const bodyOf = (id: number) =>
  at.gitlab.notes.find((note) => note.id === id)?.body ?? "";

describe("a note by an earlier token's user", () => {
  it("is named and linked in the new note, where this token may not change it", async () => {
    const old = at.seed(ours(20, "### ✅ may ship"), EARLIER);
    expect(await at.post()).toMatchObject({ status: "posted" });
    expect(bodyOf(old)).toBe(ours(20, "### ✅ may ship"));

    const [, body = ""] = at.bodies();
    expect(body).toContain(`/-/merge_requests/7#note_${old}`);
    expect(body).toContain("was written by `user-4`");
    expect(body).toContain("ignore it");

    expect(await at.post({ iid: 32 })).toMatchObject({ status: "updated" });
    expect(at.gitlab.notes).toHaveLength(2);
    expect(at.bodies()[1]).toContain(`#note_${old}`);
  });

  it("is marked as superseded, once, where this token may, and keeps what it said in a fold", async () => {
    const old = at.seed(ours(20, "### ✅ may ship"), EARLIER);
    at.gitlab.maintainers.add(5);
    const { url } = await at.post();
    expect(bodyOf(old)).toContain(
      `### ➖ Superseded by [a newer note](${url})`,
    );
    expect(bodyOf(old)).toMatch(/<details>.*### ✅ may ship.*<\/details>/s);
    expect(readMarker(bodyOf(old))).toEqual({
      ...{ key: markerKey("convert"), iid: 20, sha: "abc", facts: FACTS },
      superseded: true,
    });

    expect(await at.post({ iid: 32 })).toMatchObject({ status: "updated" });
    const calls = at.calls("PUT").filter((call) => call.endsWith(`/${old}`));
    expect(calls).toEqual([`PUT ${ROUTE}/${old}`]);
    expect(at.bodies()[1]).not.toContain("ignore it");
  });

  it("is left alone where it says to be newer, and named", async () => {
    const newer = at.seed(ours(99), EARLIER);
    at.gitlab.maintainers.add(5);
    expect(await at.post()).toMatchObject({ status: "posted" });
    expect(bodyOf(newer)).toBe(ours(99));
    expect(at.bodies()[1]).toContain(`#note_${newer}`);
  });

  it("stays superseded where the older pipeline, with the earlier token, ends last", async () => {
    at.seed(ours(20));
    const own = at.seed(ours(20), 5);
    at.gitlab.users.set("glpat-newer", 6);
    at.gitlab.maintainers.add(6);
    await at.post({ iid: 32, env: { NOTES_TOKEN: "glpat-newer" } });
    const marked = bodyOf(own);
    expect(marked).toContain("Superseded by");

    expect(await at.post({ iid: 31 })).toMatchObject({ status: "older" });
    expect(bodyOf(own)).toBe(marked);
  });

  it("is not ours where its job or its text is another", async () => {
    at.seed(ours(20, "other", "other job"), EARLIER);
    at.seed(`> ${ours(20)}`, EARLIER);
    at.gitlab.maintainers.add(5);
    await at.post();
    expect(at.calls("PUT")).toEqual([]);
    expect(at.bodies()[2]).not.toContain("#note_");
  });
});
