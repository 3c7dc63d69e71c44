import { evaluate, type Known } from "./condition.ts";
import type { Truth } from "./truth.ts";

/**
 * Does a list of rules take a pipeline with these variables? The first rule that matches decides; none is a no. Where it
 * is not known whether one matches, both ways are looked at.
 */
export function rulesTake(rules: unknown, known: Known): Truth {
  if (!Array.isArray(rules)) return null;

  const [rule, ...rest] = rules as unknown[];
  if (rule === undefined) return false;

  const matches = ruleMatches(rule, known);
  const isTaken = (rule as { when?: unknown } | null)?.when !== "never";
  if (matches === true) return isTaken;

  const otherwise = rulesTake(rest, known);
  return matches === false || otherwise === isTaken ? otherwise : null;
}

/** `!reference` is a list, of which nothing is known here. */
function ruleMatches(rule: unknown, known: Known): Truth {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule))
    return null;

  const { if: condition, changes, exists } = rule as Record<string, unknown>;
  const truth =
    condition === undefined ? true : evaluate(String(condition), known);
  const isOpen = changes !== undefined || exists !== undefined;

  return truth === true && isOpen ? null : truth;
}
