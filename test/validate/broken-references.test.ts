import { expect, test } from "vitest";
import { plain } from "../../src/text/message.ts";
import { levelFolder } from "../support/detector-levels.ts";
import { checkOf, validate } from "../support/validate.ts";

test("references that cannot be used are said once, and nothing that needs them is run", async () => {
  const verdict = await validate(
    await levelFolder({
      references: (tensors) => {
        delete tensors["random-0/in/x"];
      },
    }),
  );
  expect(checkOf(verdict, "parity")).toMatchObject({
    status: "fail",
    kind: "unproven",
  });
  expect(checkOf(verdict, "load").status).toBe("pass");
  expect(
    verdict.checks.filter(({ message }) =>
      plain(message).includes("case random-0"),
    ),
  ).toHaveLength(1);
  expect(verdict.sentence).toContain(
    "has no value for the input x, but case real-0 has one; write random-0/in/x",
  );
  for (const check of [
    "behaviour",
    "metamorphic",
    "shapes",
    "extremes",
  ] as const)
    expect(checkOf(verdict, check)).toMatchObject({
      status: "skip",
      message: "not run: the references cannot be used",
    });
});
