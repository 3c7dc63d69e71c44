import { expect, it } from "vitest";
import { docsAddress } from "../../src/text/docs-address.ts";

const QUESTION = {
  wanted: null,
  server: null,
  repository: "git+https://gitlab.com/ml/model-to-edge.git",
  version: "1.2.3",
};

it.each([
  [
    "in the component's project",
    {},
    "https://gitlab.com/ml/model-to-edge/-/blob/1.2.3/docs",
  ],
  [
    "on the pipeline's own server",
    { server: "https://git.test:8443" },
    "https://git.test:8443/ml/model-to-edge/-/blob/1.2.3/docs",
  ],
  [
    "as asked",
    { wanted: "https://docs.test/edge/", server: "https://git.test" },
    "https://docs.test/edge",
  ],
  [
    "never at what could end a link",
    { wanted: "https://x.test/a)b", server: "javascript:alert(1)" },
    "https://gitlab.com/ml/model-to-edge/-/blob/1.2.3/docs",
  ],
])("the documentation is %s", (_, change, address) =>
  expect(docsAddress({ ...QUESTION, ...change })).toBe(address),
);
