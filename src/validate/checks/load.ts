import { passed, type SessionCheck, wrong } from "../check.ts";
import { ortMessage } from "../runtime/ort-message.ts";

/** ONNX Runtime loads the model with no optimisation and with all. */
export const load: SessionCheck<"load"> = {
  name: "load",
  title: "loading",
  question: "does ONNX Runtime load it, with and without optimisation?",
  next: "Export it with operators and an opset that ONNX Runtime supports",
  canBeSwitchedOff: false,
  needs: "runtime",
  async run(_subject, _graph, runtime) {
    const failed = (how: string) => (error: unknown) =>
      wrong(
        `ONNX Runtime cannot load the model ${how} optimisation: ${ortMessage(error)}`,
      );

    const plain = await runtime.unoptimised
      .load()
      .then(() => null, failed("without"));

    const problem =
      plain ?? (await runtime.session.load().then(() => null, failed("with")));
    if (problem) return problem;

    return passed(
      "ONNX Runtime loads the model, with optimisation and without",
    );
  },
};
