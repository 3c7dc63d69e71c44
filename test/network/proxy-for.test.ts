import { expect, test } from "vitest";
import { proxyFor } from "../../src/network/proxy-for.ts";

const PROXIES = { http: "http://p:3128", https: "p:3129", none: null };
const asked = (url: string, none: string | null = null) =>
  proxyFor(new URL(url), { ...PROXIES, none })?.host ?? null;

test("each scheme has its proxy, also one that is written as curl does", () => {
  expect(asked("http://lakefs.corp/")).toBe("p:3128");
  expect(asked("https://lakefs.corp/")).toBe("p:3129");
  const nothing = { http: null, https: null, none: null };
  expect(proxyFor(new URL("https://lakefs.corp/"), nothing)).toBeNull();
});

test.each([
  ["*", true],
  ["lakefs.corp", true],
  [".corp", true],
  ["*.corp", true],
  ["corp", true],
  ["LAKEFS.CORP", true],
  ["other, lakefs.corp", true],
  ["other lakefs.corp:8000", true],
  ["lakefs.corp:443", false],
  ["akefs.corp", false],
  ["corp.example", false],
  ["", false],
])("NO_PROXY=%s and lakefs.corp:8000: direct is %s", (none, direct) => {
  expect(asked("http://lakefs.corp:8000/", none) === null).toBe(direct);
});

test.each([
  ["10.1.2.3", "10.1.2.3", true],
  ["10.1.2.3", "10.0.0.0/8", true],
  ["11.1.2.3", "10.0.0.0/8", false],
  ["[fd00::1]", "fd00::/8", true],
  ["[fd00::1]", "fd00::1", true],
  ["[fd00::1]", "10.0.0.0/8", false],
  ["lakefs.corp", "10.0.0.0/8", false],
  ["10.1.2.3", "10.0.0.0/99", false],
])("address %s and NO_PROXY=%s: direct is %s", (host, none, direct) => {
  expect(asked(`http://${host}/`, none) === null).toBe(direct);
});

test("a port's default counts", () => {
  expect(asked("https://lakefs.corp/", "lakefs.corp:443")).toBeNull();
});
