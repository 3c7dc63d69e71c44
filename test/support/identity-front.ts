import type { IncomingMessage, ServerResponse } from "node:http";
import { passTo, startFront } from "./fronts.ts";
import type { LakefsServer } from "./lakefs-server.ts";

/** For whom GitLab made it. */
export const AUDIENCE = "https://lakefs.example.com";
/** The token that the front takes in place of keys, a JWT as GitLab makes it for one job. */
export const ID_TOKEN = ["header-of-a-job", claims(), "signature"].join(".");

export interface IdentityWish {
  /** Status of the JWT login, where it refuses. */
  login?: number;
  /** Status of the exchange for keys of the S3 gateway, where it refuses. */
  exchange?: number;
  /** Seconds until the token of the REST API expires. */
  seconds?: number;
}

/**
 * What lakeFS Enterprise documents before an open server: `POST /api/v1/auth/jwt/login`, and STS's action
 * `AssumeRoleWithWebIdentity` at its root. Behind them the open server's own login and keys; everything else is its own.
 */
export async function identityFront(
  { endpoint, env }: Pick<LakefsServer, "endpoint" | "env">,
  { login = 200, exchange = 200, seconds = 3600 }: IdentityWish = {},
) {
  const pass = passTo(endpoint);
  const keys = {
    access_key_id: env.LAKECTL_CREDENTIALS_ACCESS_KEY_ID ?? "",
    secret_access_key: env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY ?? "",
  };
  /** Headers `Authorization` of what was passed on, by their first word. */
  const proofs: string[] = [];

  const jwtLogin = async (incoming: IncomingMessage, to: ServerResponse) => {
    const { token } = JSON.parse(await bodyOf(incoming)) as { token?: string };
    if (login !== 200 || token !== ID_TOKEN)
      return answer(to, login === 200 ? 401 : login, {
        message: "error authenticating request",
      });

    const own = await fetch(`${endpoint}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(keys),
    });
    const { token: bearer } = (await own.json()) as { token: string };
    const token_expiration = Math.floor(Date.now() / 1000) + seconds;
    answer(to, 200, { token: bearer, token_expiration });
  };

  const assumeRole = async (incoming: IncomingMessage, to: ServerResponse) => {
    const asked = new URLSearchParams(await bodyOf(incoming));
    const isTaken =
      asked.get("Action") === "AssumeRoleWithWebIdentity" &&
      asked.get("WebIdentityToken") === ID_TOKEN;
    if (exchange !== 200 || !isTaken) {
      to.writeHead(exchange === 200 ? 400 : exchange, {
        "content-type": "text/xml",
      });
      to.end(
        "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>the token is not valid</Message></Error></ErrorResponse>",
      );
      return;
    }

    const expires = new Date(Date.now() + 3_600_000).toISOString();
    to.writeHead(200, { "content-type": "text/xml" });
    to.end(
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${keys.access_key_id}</AccessKeyId><SecretAccessKey>${keys.secret_access_key}</SecretAccessKey><SessionToken>of-this-session</SessionToken><Expiration>${expires}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
  };

  const front = await startFront((incoming, to) => {
    const { method, url = "" } = incoming;
    if (method === "POST" && url === "/api/v1/auth/jwt/login")
      void jwtLogin(incoming, to);
    else if (method === "POST" && url === "/") void assumeRole(incoming, to);
    else {
      proofs.push(String(incoming.headers.authorization).split(" ")[0] ?? "");
      pass(incoming, to);
    }
  });

  return {
    ...front,
    proofs,
    /** Variables of a job with an ID token, and without keys. */
    env: {
      LAKECTL_SERVER_ENDPOINT_URL: `http://127.0.0.1:${front.port}`,
      LAKEFS_ID_TOKEN: ID_TOKEN,
    },
  };
}

function claims(): string {
  const payload = { iss: "https://gitlab.example.com", aud: AUDIENCE };
  return Buffer.from(JSON.stringify(payload)).toString("base64url");
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming) text += String(chunk);

  return text;
}

function answer(to: ServerResponse, status: number, body: object): void {
  to.writeHead(status, { "content-type": "application/json" });
  to.end(JSON.stringify(body));
}
