import { expect, test } from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { childTokens } from "../../src/fleet/id-tokens.ts";

const part = (value: unknown) =>
  Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims: unknown) => `${part({ alg: "RS256" })}.${part(claims)}.s`;
const tokensOf = (variables: Record<string, string>) =>
  childTokens(readEnvironment(variables));

test("the jobs of a child pipeline ask for tokens with the audience of the parent's", () => {
  expect(
    tokensOf({
      LAKEFS_ID_TOKEN: jwt({ aud: "https://lakefs.example" }),
      SIGSTORE_ID_TOKEN: jwt({ aud: ["sigstore", "b"] }),
    }),
  ).toEqual({
    store: { LAKEFS_ID_TOKEN: { aud: "https://lakefs.example" } },
    signing: { SIGSTORE_ID_TOKEN: { aud: ["sigstore", "b"] } },
  });
});

test.each([
  ["nothing", ""],
  ["a text", "glpat-abc"],
  ["dots", "a.b.c"],
  ["a JWT without an audience", jwt({ sub: "x" })],
  ["an empty audience", jwt({ aud: "" })],
  ["an empty list", jwt({ aud: [] })],
  ["a list of other things", jwt({ aud: ["a", 1] })],
  ["no claims", jwt(null)],
  ["no signature", jwt({ aud: "a" }).replace(/\.s$/, "")],
])("%s is no token of a job", (_what, token) => {
  expect(tokensOf({ LAKEFS_ID_TOKEN: token })).toEqual({
    store: {},
    signing: {},
  });
});
