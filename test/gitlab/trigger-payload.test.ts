import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  parsePushEvent,
  readTriggerPayload,
} from "../../src/gitlab/trigger-payload.ts";

const COMMIT =
  "5d4f10c42fa6c68090e77097560d9e838db9348a93856fcb5cb73ab9d10c49b5";
/** As lakeFS 1.84 sends it, and as GitLab hands it on. */
const SENT = {
  event_type: "post-commit",
  event_time: "2026-11-28T17:36:04Z",
  action_name: "model-to-edge",
  hook_id: "start_pipeline",
  repository_id: "vision",
  branch_id: "feature--foo",
  source_ref: COMMIT,
  commit_id: COMMIT,
  commit_message: 'by hand, "branch_id": "other"',
  committer: "admin",
  commit_metadata: { branch_id: "other", note: "日本\n\u0000" },
  ...{ id: "10", ref: "main", variables: {} },
};
const EVENT = {
  event: "post-commit",
  repository: "vision",
  branch: "feature--foo",
  commit: COMMIT,
};
const text = (change: Record<string, unknown> = {}) =>
  JSON.stringify({ ...SENT, ...change });
const folder = mkdtempSync(join(tmpdir(), "model-to-edge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the payload of a push", () => {
  it("is four words of what lakeFS sends, whatever else is in it", () => {
    expect(parsePushEvent(text())).toEqual(EVENT);
    expect(parsePushEvent(text({ ref: "evil", branch: "evil" }))).toEqual(
      EVENT,
    );
  });

  it("is read through lists in lists and quotes in quotes", () => {
    const lists = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const odd = text({ action_name: '\\","branch_id":"main' });
    expect(parsePushEvent(odd.replace("{", `{"a":${lists},`))).toEqual(EVENT);
  });

  it("is nobody's where another system sent it", () => {
    expect(parsePushEvent('{"object_kind":"push","ref":"main"}')).toBeNull();
  });

  it.each<[string, string, RegExp]>([
    ["no JSON", "branch_id=feature--foo", /is not JSON/],
    ["JSON that GitLab cut short", text().slice(0, 200), /is not JSON/],
    ["nothing", "", /is not JSON/],
    ["a list", `[${text()}]`, /is not a JSON object/],
    ["null", "null", /is not a JSON object/],
    ["no commit", text({ commit_id: undefined }), /does not name commit_id/],
    ["an empty branch", text({ branch_id: "" }), /another branch_id/],
    [
      "a list of branches",
      text({ branch_id: ["a", "b"] }),
      /another branch_id/,
    ],
    ["a path", text({ branch_id: "../main" }), /another branch_id/],
    ["a Git ref", text({ branch_id: "feature/foo" }), /another branch_id/],
    ["an option", text({ branch_id: "--upload-pack=x" }), /another branch_id/],
    [
      "a long branch",
      text({ branch_id: "a".repeat(300) }),
      /another branch_id/,
    ],
    ["a short commit", text({ commit_id: "5d4f10c4" }), /another commit_id/],
    ["a ref expression", text({ commit_id: "main~1" }), /another commit_id/],
    ["another event", text({ event_type: "pre-commit" }), /another event_type/],
    [
      "an address",
      text({ repository_id: "https://x/y" }),
      /another repository/,
    ],
    [
      "two refs",
      text().replace("{", '{"branch_id":"main",'),
      /names branch_id twice/,
    ],
    [
      "two refs, one of them in disguise",
      text().replace("{", '{"branch\\u005fid":"main",'),
      /names branch_id twice/,
    ],
  ])("is refused with %s", (_, payload, says) => {
    let thrown: unknown;
    try {
      parsePushEvent(payload);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      ...{ exitCode: 2, code: "trigger-payload" },
      message: expect.stringMatching(says),
    });
  });

  it("is read from a file, and no more of it than a mebibyte", async () => {
    const file = join(folder, "payload");
    writeFileSync(file, text());
    expect(await readTriggerPayload(file)).toEqual(EVENT);

    writeFileSync(file, text({ commit_message: "x".repeat(5_000_000) }));
    await expect(readTriggerPayload(file)).rejects.toMatchObject({
      ...{ exitCode: 2, message: expect.stringContaining("larger than 1 MiB") },
    });
  });

  it.each([
    ["is not there", () => join(folder, "nothing")],
    ["is a folder", () => folder],
  ])("is refused where its file %s", async (_, file) => {
    await expect(readTriggerPayload(file())).rejects.toMatchObject({
      ...{ exitCode: 2, message: expect.stringContaining("cannot be read") },
    });
  });

  it("is refused where it is no text", async () => {
    const file = join(folder, "bytes");
    writeFileSync(file, Buffer.from([0x7b, 0xff, 0xfe]));
    await expect(readTriggerPayload(file)).rejects.toMatchObject({
      ...{ exitCode: 2, message: expect.stringContaining("is not text") },
    });
  });
});
