import { afterAll, beforeAll, describe } from "vitest";
import { registryConformance } from "../registry/conformance.ts";
import {
  harmedMlflow,
  MLFLOW_KIND,
  mlflowRegistry,
} from "../registry/mlflow-registry.ts";
import { restoreConformance } from "../registry/restore-conformance.ts";
import { type MlflowServer, startMlflow } from "../support/mlflow-server.ts";

describe.skipIf(process.env.MLFLOW !== "all")("a real MLflow server", () => {
  let server: MlflowServer;

  beforeAll(async () => {
    server = await startMlflow();
  }, 600_000);
  afterAll(async () => {
    await server?.stop();
  });

  // The model is gone before each test: the registry is empty then.
  const emptied = async () => {
    await fetch(`${server.url}/api/2.0/mlflow/registered-models/delete`, {
      method: "DELETE",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "t4base" }),
    });

    return server.url;
  };

  registryConformance(
    "MLflow",
    async () => mlflowRegistry(await emptied()),
    MLFLOW_KIND,
  );
  restoreConformance("MLflow", async () => harmedMlflow(await emptied()));
});
