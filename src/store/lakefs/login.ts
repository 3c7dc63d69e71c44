import type { Credentials, Keys } from "./credentials.ts";

/** What requests to lakeFS are proved with. */
export interface Login {
  /** The server's root. */
  endpoint: string;
  /** The header `Authorization` of a call of the REST API. */
  authorization(): Promise<string>;
  /** What requests to the S3 gateway are signed with; the S3 client asks again when they expire. */
  signingKeys(): Promise<SigningKeys>;
}

export interface SigningKeys extends Keys {
  sessionToken?: string;
  expiration?: Date;
}

/** With the keys of a lakeFS user, which hold for both of its sides. */
export function keyLogin({ endpoint }: Credentials, keys: Keys): Login {
  const { accessKeyId, secretAccessKey } = keys;
  const pair = Buffer.from(`${accessKeyId}:${secretAccessKey}`);
  const authorization = `Basic ${pair.toString("base64")}`;

  return {
    endpoint,
    authorization: async () => authorization,
    signingKeys: async () => ({ accessKeyId, secretAccessKey }),
  };
}
