import { expect, test } from "vitest";
import { parseStoreUrl } from "../../src/store/store-url.ts";

test.each([
  ["lakefs://vision", { kind: "lakefs", repository: "vision" }],
  ["lakefs://vision/", { kind: "lakefs", repository: "vision" }],
  ["LakeFS://my-repo-1", { kind: "lakefs", repository: "my-repo-1" }],
  ["file:///data/models", { kind: "file", folder: "/data/models" }],
  ["file:///data/models/", { kind: "file", folder: "/data/models" }],
  ["file:///a%20b%23c%25d/%C3%BC+", { kind: "file", folder: "/a b#c%d/ü+" }],
  ["file:///a b/ü", { kind: "file", folder: "/a b/ü" }],
  [
    "s3://models",
    { kind: "s3", url: "s3://models", bucket: "models", prefix: "" },
  ],
  [
    "s3://my.models-1/team/ü b/",
    {
      ...{ kind: "s3", url: "s3://my.models-1/team/ü b" },
      ...{ bucket: "my.models-1", prefix: "team/ü b/" },
    },
  ],
])("reads %s", (url, expected) => {
  expect(parseStoreUrl(url)).toEqual(expected);
});

test.each([
  ["lakefs://vision/main", "contains more than a repository", "--model-branch"],
  [
    "lakefs://vision/main/model/",
    "contains more than a repository",
    "--model-path",
  ],
  ["lakefs://", "not a valid name of a lakeFS repository", "lower-case"],
  ["lakefs://Vision", "not a valid name of a lakeFS repository", "lower-case"],
  ["s3://", "does not name a bucket", "s3://BUCKET/PREFIX"],
  ["s3:///vision", "does not name a bucket", "s3://BUCKET/PREFIX"],
  ["s3://Models/vision", "does not name a bucket", "lower-case"],
  ["s3://my_models/vision", "does not name a bucket", "lower-case"],
  ["s3://ab/vision", "does not name a bucket", "3 to 63"],
  ["s3://my..models/vision", "does not name a bucket", "3 to 63"],
  ["s3://127.0.0.1/vision", "does not name a bucket", "AWS_ENDPOINT_URL_S3"],
  ["s3://minio:9000/models", "does not name a bucket", "AWS_ENDPOINT_URL_S3"],
  ["s3://models/../other", "an invalid prefix", "plain folders"],
  ["s3://models/a//b", "an invalid prefix", "plain folders"],
  ["s3://models/./a", "an invalid prefix", "plain folders"],
  ["s3://models/a?region=x", "has ? or # in its prefix", "AWS_REGION"],
  ["s4://models/a", "not a store's URL", "did you mean s3://models/a?"],
  ["lakesf://vision", "not a store's URL", "did you mean lakefs://vision?"],
  ["lake-fs://vision", "not a store's URL", "did you mean lakefs://vision?"],
  [
    "https://lakefs.example.com",
    "not a store's URL",
    "LAKECTL_SERVER_ENDPOINT_URL",
  ],
  ["$STORE", "not a store's URL", "the variable STORE has no value"],
  ["\u0024{STORE}", "not a store's URL", "the variable STORE has no value"],
  ["/data/models", "not a store's URL", "did you mean file:///data/models?"],
  ["", "not a store's URL", "write one of"],
  ["file://data/models", "not a folder's URL", "three slashes"],
  ["file:///data/a#b", "not a folder's URL", "%23"],
  ["file:///data/a?b", "not a folder's URL", "%3F"],
  ["file:///data/100%", "not a folder's URL", "%25"],
  ["file:///a%2Fb", "not a folder's URL", "%2F"],
  ["file:///", "not a folder's URL", "name a folder"],
])("refuses %s", (url, message, hint) => {
  expect(() => parseStoreUrl(url)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});
