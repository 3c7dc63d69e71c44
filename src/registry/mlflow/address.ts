import type { Environment } from "../../environment/environment.ts";
import { serverUrl } from "../../environment/server-url.ts";
import { UsageError } from "../../errors.ts";
import { plainUrl } from "../../text/plain-url.ts";

export interface MlflowAddress {
  /** Without a `/` at its end, user and password. */
  base: string;
  /** Value of the header `authorization`; null where none is given. Never logged. */
  authorization: string | null;
}

/** The server by MLflow's own variables; null where none is named. Throws `UsageError` for one that has no REST API. */
export function mlflowAddress({
  named,
}: Pick<Environment, "named">): MlflowAddress | null {
  const uri = named("MLFLOW_TRACKING_URI");
  if (uri === null) return null;

  const url = serverUrl(uri);
  if (!url)
    throw new UsageError(
      `MLFLOW_TRACKING_URI ${JSON.stringify(plainUrl(uri))} is not the address of a server`,
      {
        code: "mlflow-address",
        hint: "set it to http://HOST:PORT or https://HOST of an MLflow server, with a port from 1 to 65535; folders, databases and `databricks` have no REST API of their own",
      },
    );

  const { username, password } = url;
  return {
    base: plainUrl(url.href).replace(/\/+$/, ""),
    authorization: authorizationOf(
      named("MLFLOW_TRACKING_TOKEN"),
      named("MLFLOW_TRACKING_USERNAME") ?? decodeURIComponent(username),
      named("MLFLOW_TRACKING_PASSWORD") ?? decodeURIComponent(password),
    ),
  };
}

/** As MLflow's own client: user and password before the token. */
function authorizationOf(
  token: string | null,
  user: string,
  password: string,
): string | null {
  if (user !== "" && password !== "")
    return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  return token === null ? null : `Bearer ${token}`;
}
