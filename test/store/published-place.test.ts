import { expect, it } from "vitest";
import { parsePublishedPlace } from "../../src/store/published-place.ts";

it.each([
  ["lakefs://vision/main/det", "lakefs://vision", "main", "det"],
  ["lakefs://vision/main/", "lakefs://vision", "main", null],
  ["lakefs://vision/main/det/", "lakefs://vision", "main", "det"],
  ["s3://bucket/main/det", "s3://bucket", "main", "det"],
  ["s3://bucket/a b/main/", "s3://bucket/a b", "main", null],
  ["file:///data/main/det", "file:///data", "main", "det"],
])("%s names a published place", (place, store, branch, model) => {
  expect(parsePublishedPlace(place)).toEqual({ store, branch, model });
});

it.each(["lakefs://vision/det", "main/det", "s3://bucket/", "file:///main"])(
  "%s does not",
  (place) => {
    expect(() => parsePublishedPlace(place)).toThrow("does not name");
  },
);
