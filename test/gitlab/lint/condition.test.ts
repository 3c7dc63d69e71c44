import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/gitlab/lint/condition.ts";
import { rulesTake } from "../../../src/gitlab/lint/rules.ts";
import { NULL, some, text } from "../../../src/gitlab/lint/value.ts";

const KNOWN = new Map([
  ["SOURCE", text("push")],
  ["EMPTY", text("")],
  ["NONE", NULL],
  ["BRANCH", some("feature")],
  ["SAME", some("feature")],
  ["MAIN", some("main")],
]);

describe("a condition", () => {
  it.each([
    ["$SOURCE", true],
    ["$EMPTY", false],
    ["$NONE", false],
    ["$BRANCH", true],
    ["$OTHER", null],
    [`$SOURCE == "push"`, true],
    [`\${SOURCE} == 'web'`, false],
    ["$SOURCE != null", true],
    ["$NONE == null", true],
    [`$NONE == ""`, false],
    ["$BRANCH == $SAME", true],
    ["$BRANCH == $MAIN", false],
    [`$BRANCH == "main"`, null],
    [`"push" == $SOURCE`, true],
    ["$SOURCE =~ /^(push|web)$/", true],
    ["$SOURCE =~ /^PUSH$/i", true],
    ["$SOURCE !~ /a\\/b/", true],
    ["$NONE =~ /x/", false],
    ["$NONE !~ /x/", true],
    ["$BRANCH =~ /^feat/", null],
    ["$SOURCE =~ $PATTERN", null],
    ["$NONE || $SOURCE", true],
    ["$NONE && $OTHER", false],
    ["$SOURCE && $OTHER", null],
    ["$SOURCE || $OTHER", true],
    ["$NONE && $NONE || $SOURCE", true],
    ["$NONE && ($NONE || $SOURCE)", false],
    ["($SOURCE == 'push')", true],
    ["$SOURCE == ", null],
    ["($SOURCE", null],
    ["$SOURCE; rm", null],
    ["$SOURCE $SOURCE", null],
    ["", null],
  ])("%j is %s", (condition, truth) => {
    expect(evaluate(condition, KNOWN)).toBe(truth);
  });
});

describe("rules", () => {
  const yes = { if: "$SOURCE" };
  const no = { if: "$NONE" };
  const maybe = { if: "$OTHER" };
  const never = { when: "never" };

  it.each([
    ["nothing", [], false],
    ["one that matches", [no, yes], true],
    ["one that matches, and forbids", [{ ...yes, when: "never" }, {}], false],
    ["what is left", [no, {}], true],
    ["changed files", [{ changes: ["a"] }], null],
    ["what may match, before what does", [maybe, yes], true],
    ["what may match, before a no", [maybe, never], null],
    ["what may forbid", [{ ...maybe, when: "never" }, yes], null],
    ["what may forbid, before a no", [{ ...maybe, when: "never" }], false],
    ["a reference", [["!reference"]], null],
    ["no list", "x", null],
  ])("of %s", (_, rules, taken) => {
    expect(rulesTake(rules, KNOWN)).toBe(taken);
  });
});
