import { describe, expect, it } from "vitest";
import { markerKey, readMarker } from "../../src/gitlab/note-marker.ts";
import { FACTS, ours, ROUTE, useNotes } from "./post-note.ts";

const at = useNotes();

describe("postNote", () => {
  it("posts a note, and finds it again in the next pipeline to update it in place", async () => {
    const first = await at.post();
    expect(first).toMatchObject({
      status: "posted",
      url: "https://git.test/sub/acme/vision/-/merge_requests/7#note_101",
    });
    const second = await at.post({
      iid: 32,
      body: "### ❌ `detector` may not ship\r\n\r\nbecause  \n",
    });
    expect(second).toMatchObject({ status: "updated", url: first.url });
    expect(at.gitlab.notes).toHaveLength(1);
    expect(readMarker(at.bodies()[0] ?? "")).toMatchObject({
      iid: 32,
      sha: "c0ffee",
      facts: FACTS,
    });
    expect(at.bodies()[0]).toMatch(/^<!-- model-to-edge .* -->\n### ❌/);
  });

  it("takes over a note from before notes had facts", async () => {
    const key = markerKey("convert");
    const first = `<!-- model-to-edge:note v=1 key=${key} iid=30 sha=abc -->\nold`;
    const id = at.seed(first);
    expect(await at.post()).toMatchObject({ status: "updated" });
    expect(at.gitlab.notes.map((note) => note.id)).toEqual([id]);
  });

  it("does not edit a note that already says the same, whatever the server made of line ends", async () => {
    await at.post({ body: "one\r\ntwo   \n\n" });
    expect(await at.post({ body: "one\r\ntwo   \n\n" })).toMatchObject({
      status: "unchanged",
    });
    expect(at.calls("PUT")).toEqual([]);
  });

  it("never overwrites a newer pipeline's note", async () => {
    at.seed(ours(30));
    at.seed(ours(40, "newer"));
    expect(await at.post({ iid: 31 })).toMatchObject({ status: "older" });
    expect(at.bodies()).toEqual([ours(30), ours(40, "newer")]);
  });

  it("keeps the oldest of several and deletes its own duplicates, on pages that are shorter than asked for", async () => {
    at.gitlab.pageSize = 2;
    for (let index = 0; index < 5; index += 1)
      at.seed(`somebody's note ${index}`, 9);
    const kept = at.seed(ours(20));
    at.seed(ours(25));
    const foreign = at.seed(ours(99), 9);
    const system = at.seed(ours(99), 5, true);
    const other = at.seed(ours(99, "other", "other job"));
    expect(await at.post()).toMatchObject({ status: "updated" });
    expect(at.gitlab.notes.slice(5).map(({ id }) => id)).toEqual([
      kept,
      foreign,
      system,
      other,
    ]);
    expect(at.gitlab.notes.find(({ id }) => id === kept)?.body).toContain(
      "may ship",
    );
  });

  it.each(["foreign-link", "no-link"] as const)(
    "asks its own address for the next page (%s)",
    async (paging) => {
      Object.assign(at.gitlab, { paging, pageSize: 3 });
      for (let index = 0; index < 7; index += 1) at.seed("somebody's", 9);
      const kept = at.seed(ours(20));
      expect(await at.post()).toMatchObject({ status: "updated" });
      expect(at.gitlab.notes.at(-1)?.id).toBe(kept);
    },
  );

  it("writes a new note where it may not change its old one, links that, and stays with the new one", async () => {
    const old = at.seed(ours(20));
    at.gitlab.locked.add(old);
    expect(await at.post()).toMatchObject({ status: "posted" });
    expect(at.gitlab.notes).toHaveLength(2);
    expect(at.bodies()[1]).toContain(`/-/merge_requests/7#note_${old}`);
    expect([...at.calls("PUT"), ...at.calls("DELETE")]).toEqual([
      `PUT ${ROUTE}/${old}`,
    ]);
    expect(await at.post({ iid: 32 })).toMatchObject({ status: "updated" });
    expect(at.gitlab.notes).toHaveLength(2);
    expect(at.bodies()[0]).toBe(ours(20));
  });

  it("gives way to a note that another job posted at the same moment", async () => {
    at.gitlab.onPost = () => {
      at.gitlab.onPost = null;
      at.seed(ours(31, "the other's"));
    };
    expect(await at.post()).toMatchObject({ status: "updated" });
    expect(at.gitlab.notes).toHaveLength(1);
    expect(at.gitlab.notes[0]?.id).toBe(101);
    expect(at.bodies()[0]).toContain("may ship");
  });

  it("gives way to a newer pipeline that posted at the same moment", async () => {
    at.gitlab.onPost = () => {
      at.gitlab.onPost = null;
      at.seed(ours(50, "the newer one's"));
    };
    expect(await at.post()).toMatchObject({ status: "older" });
    expect(at.bodies()).toEqual([ours(50, "the newer one's")]);
  });

  it("leaves one note where the answer to a post was lost", async () => {
    at.gitlab.faults.set(`POST ${ROUTE}`, [{ status: 0, cut: "after" }]);
    expect(await at.post()).toMatchObject({ status: "updated" });
    expect(at.gitlab.notes).toHaveLength(1);
  });

  it("cuts a text that GitLab would refuse, between blocks, with all fences and folds closed", async () => {
    const block = `<details>\n<summary>x</summary>\n\n\`\`\`\`sh\n${"a line\n\n".repeat(5000)}\`\`\`\`\n\n</details>\n\n`;
    expect(await at.post({ body: block.repeat(30) })).toMatchObject({
      status: "posted",
    });
    const body = at.bodies()[0] ?? "";
    expect(body.length).toBeLessThanOrEqual(900_000);
    expect(body).toMatch(
      /\n````\n\n<\/details>\n\n… truncated because.*jobs\/5001\)\.$/,
    );
  });
});
