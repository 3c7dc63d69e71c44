import { type GraphCheck, passed, wrong } from "../check.ts";

export const structure: GraphCheck = {
  name: "structure",
  needs: "graph",
  async run(_subject, graph) {
    if (graph.outputs.length === 0) return wrong("the model has no outputs");
    return passed("fine");
  },
};
