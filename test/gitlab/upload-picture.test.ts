import { expect, test } from "vitest";
import { ours, useNotes } from "./post-note.ts";

const world = useNotes();
/** Bytes that are no text: a form that is sent as text would change them. */
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 255, 0, 254);

test("a picture is uploaded as it is, and answered as texts name it", async () => {
  const uploaded = await world.uploadPicture(PNG);

  const [[url, bytes] = []] = [...world.gitlab.uploads];
  expect(uploaded).toEqual({ url });
  expect(url).toMatch(/^\/uploads\/[0-9a-f]{32}\/boxes-[0-9a-f]{16}\.png$/);
  expect(bytes).toEqual(Buffer.from(PNG));
});

test("a picture that our note shows already is not uploaded again", async () => {
  const first = await world.uploadPicture(PNG);
  const { url } = first as { url: string };
  world.seed(ours(30, `![boxes](${url})`));

  expect(await world.uploadPicture(PNG)).toEqual({ url });
  expect(world.gitlab.uploads.size).toBe(1);

  // Another picture, and a note of somebody else.
  await world.uploadPicture(PNG.map((byte) => byte ^ 1));
  world.gitlab.notes.splice(0);
  world.seed(`![boxes](${url})`, 6);
  await world.uploadPicture(PNG);
  expect(world.gitlab.uploads.size).toBe(3);
});

test.each([
  [413, { message: "413 Request Entity Too Large" }, /413/],
  [201, { id: 1 }, /without the file's url/],
  [201, { url: "https://evil.test/x.png" }, /without the file's url/],
])("%i without an upload is told, not thrown", async (status, body, why) => {
  world.gitlab.faults.set("POST /projects/10/uploads", [{ status, body }]);

  const uploaded = await world.uploadPicture(PNG);
  expect(uploaded).toEqual({ why: expect.stringMatching(why) });
});

test("a server that is busy is asked again", async () => {
  world.gitlab.faults.set("POST /projects/10/uploads", [{ status: 503 }]);

  expect(await world.uploadPicture(PNG)).toHaveProperty("url");
  const [bytes] = world.gitlab.uploads.values();
  expect(bytes).toEqual(Buffer.from(PNG));
});

test("without a token nothing is uploaded, and the reason is told", async () => {
  const uploaded = await world.uploadPicture(PNG, { NOTES_TOKEN: "" });

  expect(uploaded).toEqual({ why: expect.stringContaining("NOTES_TOKEN") });
  expect(world.gitlab.calls).toEqual([]);
});
