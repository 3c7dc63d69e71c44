import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { Network } from "../../network/network.ts";
import { type HttpAnswer, httpSender } from "../transfer/http-send.ts";
import { percentEncoded } from "../transfer/percent.ts";
import { refuseForeign } from "../transfer/s3-network.ts";
import type { Timing } from "../transfer/timing.ts";
import { refuseFailed } from "./gateway-answer.ts";
import { queryText, signedHeaders, UNSIGNED } from "./gateway-sign.ts";
import type { Login, SigningKeys } from "./login.ts";

export interface GatewayConnection {
  login: Login;
  /** Of the gateway, which may have an address of its own. */
  endpoint: string;
  repository: string;
  timing: Timing;
  network: Network;
}

export interface GatewayRequest {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** `<ref>/<path>` */
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array | Readable;
  /** Of the body, in bytes. */
  size?: number;
  /** Of the body, 64 hex, where it is known. */
  sha256?: string | undefined;
}

/** Temporary keys are asked for anew so long before they expire. Milliseconds. */
const EARLY_MS = 300_000;
const EMPTY = createHash("sha256").digest("hex");

/**
 * Signed requests to the S3 gateway; `send` throws `Refusal` and `Blocked` for answers that are no success, and whatever
 * a lost connection throws.
 */
export async function gatewaySender(connection: GatewayConnection) {
  const { login, endpoint, repository, timing, network } = connection;
  const { send, close } = await httpSender(network, endpoint, timing);
  const url = new URL(endpoint);
  const base = url.pathname.replace(/\/+$/, "");
  const keys = keptKeys(login);

  return {
    async send(
      request: GatewayRequest,
      signal: AbortSignal,
    ): Promise<HttpAnswer> {
      const { method, key, query = {}, body, size } = request;
      const segments = [repository, ...key.split("/")].map(percentEncoded);
      const path = `${base}/${segments.join("/")}`;
      const search = queryText(query);
      const proof = signedHeaders(
        { method, host: url.host, path, query, payload: payloadOf(request) },
        await keys(),
        new Date(),
      );
      const answer = await send(
        {
          ...{ method, path: search ? `${path}?${search}` : path },
          headers: {
            "user-agent": "model-to-edge",
            ...request.headers,
            ...proof,
            ...(body && { "content-length": String(size) }),
          },
          body: body ?? null,
        },
        signal,
      );

      await refuseForeign(answer);
      await refuseFailed(answer);

      return answer;
    },
    close,
  };
}

/** The login's keys, until they expire soon; what failed is asked again. */
function keptKeys({ signingKeys }: Login): () => Promise<SigningKeys> {
  let kept: Promise<SigningKeys> | null = null;

  const ask = (): Promise<SigningKeys> => {
    const asked = signingKeys();
    asked.catch(() => {
      if (kept === asked) kept = null;
    });
    return asked;
  };

  return async () => {
    kept ??= ask();
    const { expiration } = await kept;
    const isOld = expiration && expiration.getTime() - Date.now() < EARLY_MS;
    if (isOld) kept = ask();

    return kept;
  };
}

/** Bytes in memory are proved by the signature; a stream was not read yet. */
function payloadOf({ body, sha256 }: GatewayRequest): string {
  if (body === undefined) return EMPTY;
  if (isStream(body)) return UNSIGNED;
  return sha256 ?? createHash("sha256").update(body).digest("hex");
}

function isStream(body: Uint8Array | Readable | undefined): body is Readable {
  return body !== undefined && !(body instanceof Uint8Array);
}
