import { expect, test } from "vitest";
import { proxiesInUse } from "../../src/network/proxies-in-use.ts";

const NONE = { http: null, https: null, none: null };

test("where a server does not answer, the proxies are named without their passwords", () => {
  const hint = proxiesInUse("store-unreachable", {
    ...NONE,
    http: "http://user:secret@p:3128",
    https: "q:3129",
  });
  expect(hint).toContain("HTTP_PROXY (p:3128), HTTPS_PROXY (q:3129)");
  expect(hint).not.toContain("secret");
});

test("without a proxy, or for another error, nothing is said", () => {
  expect(proxiesInUse("store-unreachable", NONE)).toBeNull();
  expect(proxiesInUse("setting", { ...NONE, http: "p:3128" })).toBeNull();
  expect(proxiesInUse(undefined, { ...NONE, http: "p:3128" })).toBeNull();
});
