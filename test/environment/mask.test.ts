import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { secretMask } from "../../src/environment/mask.ts";
import { plainUrl } from "../../src/text/plain-url.ts";

const KEY =
  "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----\n";

it.each([
  ["a token", "curl -H glpat-abcdefgh/1", "curl -H [masked]"],
  [
    "a token in a URL",
    "https://oauth2:glpat-abcdefgh%2F1@host",
    "https://[masked]@host",
  ],
  [
    "a token in base64",
    Buffer.from("glpat-abcdefgh/1").toString("base64"),
    "[masked]",
  ],
  [
    "a token in base64 without padding",
    Buffer.from("glpat-abcdefgh/1").toString("base64").replaceAll("=", ""),
    "[masked]",
  ],
  ["one line of a key", "x MIIEvQIBADANBgkqhkiG9w0B y", "x [masked] y"],
  ["a value that is part of a longer one", "hunter2hunter2-long", "[masked]"],
])("masks %s", (_, text, masked) => {
  const env = {
    GL_TOKEN: "glpat-abcdefgh/1",
    DEPLOY_PRIVATE: KEY,
    A_SECRET: "hunter2hunter2",
    B_SECRET: "hunter2hunter2-long",
  };
  expect(secretMask(env)(text)).toBe(masked);
});

it.each([
  [
    "a name that does not sound secret",
    { HOME: "/home/someone" },
    "/home/someone",
  ],
  ["a value too short to be one", { MY_TOKEN: "main" }, "main"],
  [
    "the name of the variable that holds a token",
    { MY_TOKEN_VARIABLE: "NOTES_TOKEN" },
    "NOTES_TOKEN is empty",
  ],
  ["an empty value", { MY_TOKEN: "" }, "anything"],
])("leaves %s alone", (_, env, text) => {
  expect(secretMask(env)(text)).toBe(text);
});

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY";

it.each([
  "GROUP_PAT",
  "DB_PASS",
  "API_KEY",
  "MYJWT",
  "CI_JOB_JWT_V2",
  "AWS_ACCESS_KEY_ID",
  "MONGO_PASSWORD",
])("%s is a secret's name", (name) => {
  expect(secretMask({ [name]: SECRET })(`say ${SECRET}.`)).toBe(
    "say [masked].",
  );
});

it.each([
  [0, "base64"],
  [1, "base64"],
  [2, "base64"],
  [3, "base64"],
  [0, "base64url"],
  [1, "base64url"],
  [2, "base64url"],
] as const)("a secret with %i bytes before it in %s", (before, encoding) => {
  const text = `${"u".repeat(before)}${SECRET}:rest`;
  const masked = secretMask({ A_TOKEN: SECRET })(
    Buffer.from(text).toString(encoding),
  );
  const left = masked.replace("[masked]", "");
  expect(masked).toContain("[masked]");
  expect(Buffer.from(left, encoding).toString()).not.toMatch(/XUtnF|MDENG/);
});

it.each([
  [
    "a proxy's login",
    "no answer from http://u:p4ss@proxy:3128/",
    "no answer from http://[masked]@proxy:3128/",
  ],
  ["a user alone", "ssh://git@host/x", "ssh://[masked]@host/x"],
  ["no login", "see https://host/a@b", "see https://host/a@b"],
])("masks %s in any address", (_, text, masked) => {
  expect(secretMask({})(text)).toBe(masked);
});

it.each([
  ["plain", `credentials:\n  secret_access_key: ${SECRET}\n`],
  [
    "quoted, with a comment",
    `credentials:\n  secret_access_key: "${SECRET}" # mine\n`,
  ],
  ["damaged", `\tcredentials: [\n  secret_access_key: '${SECRET}'\n`],
])("knows the secrets of lakectl's file: %s", (_, text) => {
  const home = mkdtempSync(join(tmpdir(), "model-to-edge-home-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  writeFileSync(join(home, ".lakectl.yaml"), text);
  const { mask } = readEnvironment({ HOME: home });
  expect(mask(`it is ${SECRET}`)).toBe("it is [masked]");
});

it.each([
  ["https://u:p@host/a?b=c#d", "https://host/a"],
  ["lakefs://u:p@repo?x=y", "lakefs://repo"],
  ["s3://u:p@bucket", "s3://bucket"],
  ["https://u:p@h@host/x", "https://host/x"],
  ["file:///a?b", "file:///a"],
  ["no address?x", "no address?x"],
])("%s is printed as %s", (text, shown) => {
  expect(plainUrl(text)).toBe(shown);
});
