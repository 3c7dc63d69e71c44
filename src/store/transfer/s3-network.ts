import { Agent } from "node:https";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { Network } from "../../network/network.ts";
import { foreignAnswer } from "./foreign-answer.ts";
import type { Timing } from "./timing.ts";

type RequestHandler = NonNullable<S3ClientConfig["requestHandler"]>;

/** As the SDK makes it and wants it; its own classes are not exported. */
interface SdkRequest {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query: Record<string, string | string[] | null>;
  method: string;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  body?: AsyncIterable<Uint8Array>;
}

/** How the S3 client sends: Node's own agents, or undici's dispatcher where a proxy stands before the address. */
export async function s3RequestHandler(
  network: Network,
  endpoint: string,
  timing: Timing,
): Promise<RequestHandler> {
  const dispatcher = await network.proxied(new URL(endpoint));
  if (!dispatcher) {
    const ca = await network.authorities();
    const agent = { keepAlive: true, maxSockets: 32 };
    return {
      connectionTimeout: Math.min(10_000, timing.idleMs),
      httpAgent: agent,
      httpsAgent: ca ? new Agent({ ...agent, ca }) : agent,
    };
  }

  const { requestBy } = await import("../../network/undici-way.ts");

  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(
      request: SdkRequest,
      { abortSignal }: { abortSignal?: AbortSignal } = {},
    ) {
      // undici does not wait for the server's word before it sends a body.
      const headers = Object.entries(request.headers).filter(
        ([name]) => name.toLowerCase() !== "expect",
      );
      const {
        statusCode,
        headers: answered,
        body,
      } = await requestBy(urlOf(request), {
        method: request.method as "GET",
        headers: Object.fromEntries(headers),
        body: request.body ?? null,
        dispatcher,
        ...(abortSignal && { signal: abortSignal }),
      });

      return { response: { statusCode, headers: flat(answered), body } };
    },
  } as unknown as RequestHandler;
}

/** Throws what stands for an answer that is not lakeFS's own. Objects may be web pages: those have an ETag. */
export async function refuseForeign(response: SdkResponse): Promise<void> {
  const { statusCode: status, headers, body } = response;
  const type = headers["content-type"] ?? "";
  const foreign = await foreignAnswer({
    status,
    location: headers.location ?? null,
    isPage: isPage(status, type, headers.etag !== undefined),
    text: () => beginningOf(body),
  });
  if (foreign) throw foreign;
}

function isPage(status: number, type: string, isObject: boolean): boolean {
  if (status >= 400) return /^text\/(html|plain)/.test(type);
  return type.startsWith("text/html") && !isObject;
}

async function beginningOf(body: SdkResponse["body"]): Promise<string> {
  let text = "";
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString("utf8");
    if (text.length > 10_000) break;
  }

  return text;
}

function urlOf(request: SdkRequest): string {
  const { protocol, hostname, port, path, query } = request;
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === null
      ? [escaped(name)]
      : [value].flat().map((each) => `${escaped(name)}=${escaped(each)}`),
  );

  const search = pairs.length > 0 ? `?${pairs.join("&")}` : "";

  return `${protocol}//${hostname}${port ? `:${port}` : ""}${path}${search}`;
}

/** As the signature has it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function flat(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      [value ?? ""].flat().join(", "),
    ]),
  );
}
