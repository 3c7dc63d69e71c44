import type { Context } from "../../context.ts";
import type { Network } from "../../network/network.ts";
import { answerStatus } from "../transfer/answer-status.ts";
import { Blocked, Garbled, Refusal } from "../transfer/errors.ts";
import { s3RequestHandler } from "../transfer/s3-network.ts";
import type { Timing } from "../transfer/timing.ts";
import type { Login, SigningKeys } from "./login.ts";
import { makeSender } from "./request.ts";
import { json } from "./rest.ts";

export interface Identity {
  /** The server's root. */
  endpoint: string;
  /** The job's ID token, a JWT. */
  idToken: string;
  timing: Timing;
  network: Network;
}

export type Machine = Pick<Context, "fetch" | "signal" | "log" | "now">;

/** A token is renewed this long before it expires, so that no request arrives too late. Milliseconds. */
const EARLY_MS = 60_000;
/** The API of STS wants a role; lakeFS takes the rights from the token (its page on S3 gateway temporary credentials). */
const ROLE = "arn:aws:iam::000000000000:role/model-to-edge";

/**
 * With the job's ID token instead of keys: lakeFS's JWT login (`POST /auth/jwt/login`) for the REST API, and its STS action
 * `AssumeRoleWithWebIdentity` for the S3 gateway. Both are of lakeFS Enterprise; where the server has none, or refuses the
 * token, requests fail with `Blocked`.
 */
export function identityLogin(ctx: Machine, identity: Identity): Login {
  const { endpoint, idToken, timing } = identity;
  const nobody = { endpoint, authorization: async () => null };
  // The call that needs the token repeats both.
  const once = { ...timing, attempts: 1, patienceMs: 0, brokenMs: 0 };
  const { send } = makeSender(ctx, nobody, once);
  let session: Promise<Session> | null = null;

  const login = async (): Promise<Session> => {
    try {
      return await send(
        {
          method: "POST",
          path: ["auth", "jwt", "login"],
          body: { token: idToken },
        },
        sessionOf,
      );
    } catch (error) {
      session = null;
      throw error instanceof Refusal ? notLoggedIn(error) : error;
    }
  };

  return {
    endpoint,
    async authorization() {
      const now = ctx.now().getTime();
      const held = await session;
      if (held === null || held.expires - EARLY_MS <= now) session = login();

      return `Bearer ${(await session)?.token}`;
    },
    signingKeys: () => signingKeys(identity),
  };
}

interface Session {
  token: string;
  /** Milliseconds since 1970. */
  expires: number;
}

/** An answer that names no end is taken to hold for the run. */
function sessionOf(text: string): Session {
  const { token, token_expiration: seconds } = json<{
    token?: unknown;
    token_expiration?: unknown;
  }>(text);
  if (typeof token !== "string" || token === "")
    throw new Garbled("its answer to the login holds no token");

  const isStated = typeof seconds === "number" && Number.isFinite(seconds);
  return {
    token,
    expires: isStated ? seconds * 1000 : Number.POSITIVE_INFINITY,
  };
}

async function signingKeys({
  endpoint,
  idToken,
  timing,
  network,
}: Identity): Promise<SigningKeys> {
  const { fromWebToken } = await import(
    "@aws-sdk/credential-provider-web-identity"
  );
  const keys = fromWebToken({
    webIdentityToken: idToken,
    roleArn: ROLE,
    roleSessionName: "model-to-edge",
    clientConfig: {
      endpoint,
      region: "us-east-1",
      maxAttempts: 1,
      requestHandler: await s3RequestHandler(network, endpoint, timing),
    },
  });

  try {
    return await keys();
  } catch (error) {
    throw notExchanged(error);
  }
}

const HINT =
  "give the job a token for this server (`aud`), signed by the GitLab that lakeFS trusts, with groups that are known there; lakeFS Enterprise has this login, the open one takes keys (`LAKECTL_CREDENTIALS_ACCESS_KEY_ID`) only: then take `LAKEFS_ID_TOKEN` out of the job";

function notLoggedIn(refusal: Refusal): Error {
  // A busy or broken server may take it the next time.
  if (["busy", "broken"].includes(refusal.kind)) return refusal;

  return new Blocked(
    `it does not take the ID token of LAKEFS_ID_TOKEN: ${refusal.message}`,
    { code: "identity-refused", hint: HINT },
  );
}

/** The SDK's error holds the request, with the token: only its words go on. */
function notExchanged(error: unknown): Error {
  const { name, message } = error as Error;
  const status = answerStatus(error);
  if (status < 400 || status >= 500 || status === 429) return error as Error;

  return new Blocked(
    `it gives no temporary keys for the ID token of LAKEFS_ID_TOKEN: ${name}: ${message}`,
    { code: "identity-refused", hint: HINT },
  );
}
