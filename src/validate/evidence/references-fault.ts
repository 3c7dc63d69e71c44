import { UsageError } from "../../errors.ts";

/** A tensor whose name says nothing to us. */
export function unnamed(name: string): UsageError {
  const names =
    "<case>/in/<input>, <case>/fp32/<output>, <case>/fp64/<output> and <case>/aux/<name>";
  return malformed(
    `a tensor has an unknown name: ${name}`,
    `valid names are ${names}`,
  );
}

/** References that cannot be used, with what would be right. */
export function malformed(what: string, hint: string): UsageError {
  return new UsageError(`the references cannot be used: ${what}; ${hint}`, {
    code: "references-malformed",
    hint: `correct what wrote the references: ${hint}`,
  });
}
