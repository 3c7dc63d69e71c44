import { join } from "node:path";
import type { Context } from "../../context.ts";
import { serverUrl } from "../../environment/server-url.ts";
import { unsetVariableHint } from "../../environment/unset-variable.ts";
import { UsageError } from "../../errors.ts";

export interface Credentials {
  /** Without `/api/v1` and without a final slash. */
  endpoint: string;
  /** Keys of a lakeFS user, or the job's own ID token. */
  proof: Keys | { idToken: string };
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

const NAMES = {
  endpoint: "LAKECTL_SERVER_ENDPOINT_URL",
  accessKeyId: "LAKECTL_CREDENTIALS_ACCESS_KEY_ID",
  secretAccessKey: "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY",
} as const;

/**
 * Where and as whom to log in, as lakeFS's own tools find it: variables first, then `~/.lakectl.yaml`. A job that was given
 * an ID token for lakeFS uses that.
 */
export async function readCredentials({
  environment,
  home,
}: Pick<Context, "environment" | "home">): Promise<Credentials> {
  const { configFile, idToken, ...fromEnv } = environment.lakectl;
  const file = configFile ?? join(home, ".lakectl.yaml");

  const complete =
    fromEnv.endpoint &&
    (idToken || (fromEnv.accessKeyId && fromEnv.secretAccessKey));
  const { readLakectlFile } = await import("./lakectl-file.ts");
  const fromFile = complete ? {} : await readLakectlFile(file);
  const take = (key: keyof typeof NAMES): string => {
    const value = (fromEnv[key] || fromFile[key] || "").trim();
    const unset = unsetVariableHint(value);
    if (unset)
      throw new UsageError(
        `the lakeFS ${WORDS[key]} is the name of a variable, not its value`,
        { code: "credentials-missing", hint: unset },
      );
    if (value) return value;
    throw new UsageError(`the lakeFS ${WORDS[key]} is not set`, {
      code: "credentials-missing",
      hint: `set the variable \`${NAMES[key]}\` (in GitLab a CI/CD variable of the project; a protected one only reaches protected branches, and a fork's own pipeline has none of them), or run \`lakectl config\`, which writes \`${file}\``,
    });
  };

  const endpoint = cleanEndpoint(take("endpoint"), NAMES.endpoint);
  if (idToken) return { endpoint, proof: { idToken } };

  return {
    endpoint,
    proof: {
      accessKeyId: take("accessKeyId"),
      secretAccessKey: take("secretAccessKey"),
    },
  };
}

const WORDS = {
  endpoint: "server's address",
  accessKeyId: "access key id",
  secretAccessKey: "secret access key",
};

/** The server's root: signed requests below `/api/v1` would be taken for a bucket of that name. */
export function cleanEndpoint(text: string, setting: string): string {
  const url = serverUrl(text);
  if (!url || url.username || url.search || url.hash)
    throw new UsageError(
      `${JSON.stringify(url?.username ? "…" : text)} in ${setting} is not the address of a lakeFS server`,
      {
        code: "endpoint",
        hint: `set ${setting} to the server's root, such as https://lakefs.example.com; a port is a number from 1 to 65535`,
      },
    );

  return `${url.origin}${url.pathname}`
    .replace(/\/+$/, "")
    .replace(/\/api\/v1$/, "");
}
