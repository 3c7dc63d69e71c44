import { describe, expect, test } from "vitest";
import type {
  GraphInput,
  ModelInput,
  NodeInput,
} from "../support/onnx-writer.ts";
import { decided, scalar, untaken } from "../support/untaken.ts";

const BOOL = 9;
const INT64 = 7;

/** A loop that hands `x` on, `body` times each step; it goes on while the condition holds. */
function loop(
  count: string,
  body: NodeInput[],
  [given, result, goesOn]: [string, string, string],
): NodeInput {
  return {
    ...{ op: "Loop", name: "loop", outputs: ["y"] },
    inputs: [count, "", "x"],
    attributes: {
      body: {
        graph: {
          nodes: [
            { op: "Identity", inputs: [goesOn], outputs: ["on"] },
            ...body,
          ],
          inputs: [
            { name: "step", dims: [], type: INT64 },
            { name: "was", dims: [], type: BOOL },
            { name: given, dims: ["n", 2] },
          ],
          outputs: [
            { name: "on", dims: [], type: BOOL },
            { name: result, dims: ["n", 2] },
          ],
        },
      },
    },
  };
}

const LOOPED = loop("two", decided("inner", "state"), [
  ...(["state", "inner", "was"] as const),
]);
const TWO = { two: scalar(2, INT64) };
/** Counts as often as its first number says. */
const COUNT: NodeInput[] = [
  {
    ...{ op: "ReduceMin", inputs: ["x"], outputs: ["least"] },
    attributes: { keepdims: 0 },
  },
  {
    ...{ op: "Cast", inputs: ["least"], outputs: ["count"] },
    attributes: { to: INT64 },
  },
];
const DOUBLED: NodeInput[] = [
  { op: "Add", inputs: ["state", "x"], outputs: ["sum"] },
];
/** Until the sum is 10. */
const UNTIL: NodeInput[] = [
  ...DOUBLED,
  {
    ...{ op: "ReduceMax", inputs: ["sum"], outputs: ["most"] },
    attributes: { keepdims: 0 },
  },
  { op: "Less", inputs: ["most", "ten"], outputs: ["goes"] },
];
const until = (count: number) => {
  const node = loop("count", UNTIL, ["state", "sum", "goes"]);
  const { body } = node.attributes as { body: { graph: GraphInput } };
  body.graph.nodes.push(...body.graph.nodes.splice(0, 1));
  return {
    nodes: [node],
    weights: { ten: scalar(10), count: scalar(count, INT64) },
  };
};
const own = (nodes: NodeInput[]): Partial<ModelInput> => ({
  opsets: { own: 1 },
  functions: [
    {
      ...{ domain: "own", name: "Decide", inputs: ["x", "one"] },
      ...{ outputs: ["inner"], nodes },
    },
  ],
  nodes: [
    {
      ...{ op: "Decide", domain: "own", name: "call" },
      ...{ inputs: ["x", "one"], outputs: ["y"] },
    },
  ],
});
const within = (node: NodeInput): NodeInput[] =>
  decided("y").map((each) =>
    each.op === "If"
      ? {
          ...each,
          attributes: {
            ...each.attributes,
            else_branch: {
              graph: {
                nodes: [
                  { op: "Neg", inputs: ["x"], outputs: ["less"] },
                  ...decided("inner", "less"),
                  node,
                ],
                inputs: [],
                outputs: [{ name: "last", dims: ["n", 2] }],
              },
            },
          },
        }
      : each,
  );
const LAST = { op: "Identity", inputs: ["inner"], outputs: ["last"] };

describe("a branch that no reference takes", () => {
  test.each<[string, Partial<ModelInput>, number[], string[]]>([
    ["in a loop", { nodes: [LOOPED], weights: TWO }, [0], ["else"]],
    ["in a loop, taken both ways", { nodes: [LOOPED], weights: TWO }, [5], []],
    ["in a function", own(decided("inner")), [0], ["else"]],
    ["in a function, taken both ways", own(decided("inner")), [0, 5], []],
    ["in another branch", { nodes: within(LAST) }, [0, 5], ["else"]],
    ["around one in it", { nodes: within(LAST) }, [0], ["else"]],
  ])("%s", async (_, model, numbers, branches) => {
    const said = await untaken(model, numbers);

    expect(said).toHaveLength(branches.length);
    for (const [at, branch] of branches.entries())
      expect(said[at]).toContain(`no reference takes the ${branch} branch of`);
  });

  test("is named with the place where it stands", async () => {
    const [said] = await untaken({ nodes: [LOOPED], weights: TWO }, [0]);

    expect(said).toContain('the If "inner" in loop/body, so a fault in it');
  });
});

describe("a loop", () => {
  const counted = {
    nodes: [...COUNT, loop("count", DOUBLED, ["state", "sum", "was"])],
  };

  test.each<[string, Partial<ModelInput>, number[], string | null]>([
    ["that never runs", counted, [0], 'runs the body of the Loop "loop", so'],
    ["that runs once", counted, [1], 'runs the body of the Loop "loop" twice'],
    ["that runs twice", counted, [0, 2], null],
    ["with a count that no reference reaches", until(30), [1], "largest count"],
    ["whose condition never ends it", until(3), [1], "by its condition"],
    ["that ends in both ways", until(3), [1, 5], null],
  ])("%s", async (_, model, numbers, words) => {
    const said = await untaken(model, numbers);

    expect(said.length).toBe(words === null ? 0 : 1);
    expect(said.join()).toContain(words ?? "");
  });
});
