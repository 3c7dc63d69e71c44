import { stringify } from "yaml";
import { UsageError } from "../../errors.ts";
import type { Release } from "../release.ts";

/** MLflow's own name for it. */
export const MLMODEL = "MLmodel";

/** The file beside the graph by which `mlflow.onnx.load_model` and `pyfunc` find it. Throws `UsageError` where no graph, or no certain one, is among the files. */
export function mlmodelFile({ name, files }: Release): Uint8Array {
  if (files.some((file) => file.name === MLMODEL))
    throw new UsageError(`${name} has a file ${MLMODEL} of its own`, {
      code: "mlflow-name",
      hint: "rename it, or leave it out of `release.files`",
    });

  const graphs = files
    .map((file) => file.name)
    .filter((file) => file.endsWith(".onnx") && !file.includes("/"));
  const data = graphs.find((file) => file === `${name}.onnx`) ?? graphs[0];
  if (data === undefined || (graphs.length > 1 && data !== `${name}.onnx`))
    throw new UsageError(
      `MLflow loads one graph, and ${name} has ${graphs.length}: ${graphs.join(", ")}`,
      {
        code: "mlflow-name",
        hint: "promote it to s3:// or file:///, which take any files",
      },
    );

  const text = stringify({
    flavors: {
      onnx: { data, providers: ["CPUExecutionProvider"] },
      python_function: { data, loader_module: "mlflow.onnx" },
    },
  });

  return Buffer.from(text);
}
