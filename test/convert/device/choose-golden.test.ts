import { describe, expect, it } from "vitest";
import {
  type Candidate,
  chooseGolden,
  GOLDEN_LIMIT,
} from "../../../src/convert/device/choose-golden.ts";
import type {
  CaseKind,
  ReferenceCase,
} from "../../../src/validate/evidence/references.ts";

function candidate(
  name: string,
  kind: CaseKind,
  change: Partial<Candidate> = {},
): Candidate {
  const reference = { name, kind } as Partial<ReferenceCase> as ReferenceCase;
  return { reference, bytes: 100, picture: null, best: null, ...change };
}

const chosen = (...[candidates, wish]: Parameters<typeof chooseGolden>) => {
  const golden = chooseGolden(candidates, wish);
  return "why" in golden
    ? golden.why
    : `${golden.reference.name}${golden.hasPicture ? " and its picture" : ""}`;
};

describe("the golden input", () => {
  it.each<[string, Candidate[], string]>([
    [
      "a real one, not a smaller random one",
      [candidate("r", "random", { bytes: 1 }), candidate("s", "real")],
      "s",
    ],
    [
      "the one with its picture",
      [candidate("a", "real"), candidate("b", "real", { picture: 9 })],
      "b and its picture",
    ],
    [
      "the smallest",
      [candidate("a", "real", { bytes: 101 }), candidate("b", "real")],
      "b",
    ],
    [
      "the first of equals",
      [candidate("b", "real"), candidate("a", "real")],
      "a",
    ],
    [
      "one in which a detector finds something, though its picture is not kept",
      [
        candidate("nothing", "real", { best: 0.06, picture: 9, bytes: 1 }),
        candidate("found", "real", { best: 0.9 }),
      ],
      "found",
    ],
    [
      "a random one where there is no sample",
      [candidate("x", "extreme", { bytes: 1 }), candidate("r", "random")],
      "r",
    ],
    [
      "one without the picture that would make it too large",
      [candidate("a", "real", { picture: GOLDEN_LIMIT })],
      "a",
    ],
    [
      "a random one where real ones are too large",
      [
        candidate("a", "real", { bytes: GOLDEN_LIMIT + 1 }),
        candidate("r", "random"),
      ],
      "r",
    ],
  ])("is %s", (_, candidates, expected) => {
    expect(chosen(candidates, "sample")).toBe(expected);
    expect(chosen(candidates.toReversed(), "sample")).toBe(expected);
  });

  it("is never a real one where pictures are private", () => {
    const both = [candidate("s", "real"), candidate("r", "random")];
    expect(chosen(both, "random")).toBe("r");
    expect(chosen([candidate("s", "real")], "random")).toMatch(/no input/);
    expect(chosen(both, "none")).toMatch(/golden: none/);
  });

  it("is not there, with the reason, where all are too large", () => {
    const large = candidate("a", "real", { bytes: 20 * 2 ** 20 + 1 });
    expect(chosen([large], "sample")).toBe(
      "the smallest input and its outputs take 21 MiB, and at most 16 MiB are published",
    );
  });
});
