import { UsageError } from "../../errors.ts";

const SERVED = "mlflow-artifacts:";

/**
 * Path below `/api/2.0/mlflow-artifacts/artifacts/` of a run's artifacts, from MLflow's `artifact_uri`, without a `/` at its
 * end; null where the server does not serve them, but names a bucket or a folder of its own.
 */
export function artifactRoot(uri: string): string | null {
  if (!uri.startsWith(SERVED)) return null;

  // mlflow-artifacts:/1/RUN/artifacts, or mlflow-artifacts://HOST:PORT/1/RUN/artifacts.
  const path = uri.slice(SERVED.length).replace(/^\/\/[^/]*/, "");
  return path.replace(/^\/+|\/+$/g, "");
}

/**
 * A file's path below a root of artifacts. Throws `UsageError` for a name that MLflow refuses, or that an address would
 * fold (`..`, also written as `%2e%2e`), so that it would land outside of the run.
 */
export function artifactPath(root: string, name: string): string {
  const parts = name.split("/");
  const isUsable = parts.every(
    (part) => part !== "" && !/^\.+$/.test(part) && !/[%#?\\]/.test(part),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what no file of ours holds
  if (isUsable && !/[\u0000-\u001f\u007f]/.test(name)) return `${root}/${name}`;

  throw new UsageError(
    `MLflow takes no artifact of the name ${JSON.stringify(name)}`,
    {
      code: "mlflow-name",
      hint: "rename the file: no `%`, `#`, `?`, backslash, and no folder `..`",
    },
  );
}

/** The address of an artifact. */
export function artifactUrl(base: string, path: string): URL {
  const escaped = path.split("/").map(encodeURIComponent).join("/");
  return new URL(`${base}/api/2.0/mlflow-artifacts/artifacts/${escaped}`);
}
