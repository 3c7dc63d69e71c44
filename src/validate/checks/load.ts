import { passed, type SessionCheck, wrong } from "../check.ts";
import { ortMessage } from "../runtime.ts";

/** ONNX Runtime loads the model with all its optimisations and with none. */
export const load: SessionCheck = {
  name: "load",
  needs: "session",
  async run(_subject, _graph, runtime) {
    for (const level of ["all", "disabled"] as const) {
      try {
        await runtime.load(level);
      } catch (error) {
        const how = level === "all" ? "with" : "without";
        return wrong(`ONNX Runtime cannot load the model ${how} optimisation: ${ortMessage(error)}`, { level });
      }
    }
    return passed("ONNX Runtime loads the model, with optimisation and without");
  },
};
