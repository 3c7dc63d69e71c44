import fc from "fast-check";
import { expect, it } from "vitest";
import { pageName } from "../../src/report/catalogue/page-name.ts";

it.each([
  ["detector", "detector.html"],
  ["<b>x", "~3c623e78.html"],
  ["3c623e78", "3c623e78.html"],
  [".", "~2e.html"],
])("the page of %j is %s", (name, file) => {
  expect(pageName({ name })).toBe(file);
});

it("any two names have two pages, whose names a file system and an address take", () => {
  const unit = fc.constantFrom("a", "3", "~", "/", ".", "é", "日", "\u0000");
  const names = fc.string({ unit, minLength: 1, maxLength: 400 });

  fc.assert(
    fc.property(names, names, (left, right) => {
      const [a, b] = [pageName({ name: left }), pageName({ name: right })];
      expect(a === b).toBe(left === right);
      expect(a).toMatch(/^[A-Za-z0-9~][A-Za-z0-9._~-]{0,220}$/);
    }),
  );
});
