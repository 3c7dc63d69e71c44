import { expect, it } from "vitest";
import { secretMask } from "../src/mask.ts";

const KEY =
  "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----\n";

it.each([
  ["a token", "curl -H glpat-abcdefgh/1", "curl -H [masked]"],
  [
    "a token in a URL",
    "https://oauth2:glpat-abcdefgh%2F1@host",
    "https://oauth2:[masked]@host",
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
