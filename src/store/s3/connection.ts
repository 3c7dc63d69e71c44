import { S3Client } from "@aws-sdk/client-s3";
import type { Environment } from "../../environment/environment.ts";
import { serverUrl } from "../../environment/server-url.ts";
import { UsageError } from "../../errors.ts";
import type { Network } from "../../network/network.ts";
import { plainUrl } from "../../text/plain-url.ts";
import { s3RequestHandler } from "../transfer/s3-network.ts";
import { SILENT_LOGGER } from "../transfer/silent-logger.ts";
import { TIMING } from "../transfer/timing.ts";

export interface S3Address {
  /** Of the server; null: Amazon's own. */
  endpoint: string | null;
  /** What the connection goes to, for messages. */
  shown: string;
  region: string;
  /** These credentials' account pays for its requests, as GDAL's variable says it. */
  isPayer: boolean;
}

/** By the variables that AWS's own tools read. Throws `UsageError` for an address or a region that is none. */
export function s3Address({ named }: Pick<Environment, "named">): S3Address {
  const endpoint = endpointIn(named);
  const region =
    named("AWS_REGION") ?? named("AWS_DEFAULT_REGION") ?? "us-east-1";
  const shown = endpoint ?? `https://s3.${region}.amazonaws.com`;
  if (!serverUrl(shown))
    throw new UsageError(
      `${JSON.stringify(region)} in AWS_REGION or AWS_DEFAULT_REGION is not a region`,
      { code: "endpoint", hint: "use the region's name, such as `eu-west-1`" },
    );

  return {
    ...{ endpoint, shown, region },
    isPayer: named("AWS_REQUEST_PAYER") === "requester",
  };
}

function endpointIn(named: Environment["named"]): string | null {
  const set = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].find(named);
  const text = set === undefined ? null : named(set);
  if (text === null || serverUrl(text)) return text;

  throw new UsageError(
    `${JSON.stringify(plainUrl(text))} in ${set} is not the address of an S3 server`,
    {
      code: "endpoint",
      hint: `set ${set} to http://HOST:PORT or https://HOST, without the bucket, such as https://minio.example.com:9000 (not set: Amazon's own); a port is a number from 1 to 65535`,
    },
  );
}

/** Credentials come from the SDK's own chain: variables, files, web identity, roles of the machine. */
export async function s3Connection(
  { endpoint, shown, region, isPayer }: S3Address,
  network: Network,
): Promise<S3Client> {
  const client = new S3Client({
    region,
    // Servers other than Amazon's rarely have a name for each bucket.
    ...(endpoint !== null && { endpoint, forcePathStyle: true }),
    // What a server cannot prove is hashed here, and sent as its checksum.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // The SDK cannot repeat a stream: the caller does, with a fresh one.
    maxAttempts: 1,
    logger: SILENT_LOGGER,
    requestHandler: await s3RequestHandler(network, shown, TIMING),
  });
  if (isPayer) sayWhoPays(client);

  return client;
}

/** On every request, before it is signed. */
function sayWhoPays(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (wish) => {
      const { headers } = wish.request as { headers: Record<string, string> };
      headers["x-amz-request-payer"] = "requester";

      return next(wish);
    },
    { step: "build", name: "payer" },
  );
}
