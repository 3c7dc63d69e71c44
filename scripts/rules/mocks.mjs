// Tests run our own modules as they are.
import { withoutComments } from "./comments.mjs";
import { lineAt } from "./sources.mjs";

const MOCK = /\b(?:vi|vitest)\.(?:mock|doMock|hoisted)\s*\(/g;

/** One problem a module that a test replaces. */
export function mockedModules(sources) {
  return [...sources]
    .filter(([path]) => path.startsWith("test/") && path.endsWith(".ts"))
    .flatMap(([file, text]) =>
      [...withoutComments(text).matchAll(MOCK)].map(({ index }) => ({
        file,
        line: lineAt(text, index),
        message: "no mocks of modules: use a small real one",
      })),
    );
}
