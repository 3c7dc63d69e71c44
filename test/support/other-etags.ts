import { type IncomingMessage, type RequestListener, request } from "node:http";

/**
 * As a bucket that encrypts with a service's keys shows its ETags: 32 hex digits that are no md5. Each is the server's
 * own, read from its end.
 */
export function otherEtags(target: string): RequestListener {
  const { hostname, port } = new URL(target);
  const turned = (text: string) =>
    text.replace(/[0-9a-f]{32}(?=(-\d+)?("|&quot;|&#34;|<|$))/g, (hex) =>
      [...hex].reverse().join(""),
    );
  const TAGS = ["if-match", "if-none-match", "x-amz-copy-source-if-match"];

  return (incoming: IncomingMessage, answer) => {
    const headers = { ...incoming.headers };
    for (const name of TAGS) {
      const value = headers[name];
      if (typeof value === "string") headers[name] = turned(value);
    }

    void (async () => {
      const isList = incoming.url?.includes("uploadId=") ?? false;
      const body = await bytesOf(incoming);
      const isXml = isList && incoming.method === "POST";
      const sent = isXml ? Buffer.from(turnedTags(String(body), turned)) : body;
      if (isXml) headers["content-length"] = String(sent.length);

      const outgoing = request(
        {
          ...{ hostname, port, headers },
          ...{ method: incoming.method, path: incoming.url },
        },
        (upstream) => {
          void answered(upstream, turned).then(({ head, bytes }) =>
            answer.writeHead(upstream.statusCode ?? 502, head).end(bytes),
          );
        },
      );
      outgoing.on("error", () => answer.destroy());
      outgoing.end(sent);
    })();
  };
}

async function answered(
  upstream: IncomingMessage,
  turned: (text: string) => string,
) {
  const head = { ...upstream.headers };
  if (typeof head.etag === "string") head.etag = turned(head.etag);

  const body = await bytesOf(upstream);
  const isXml = String(head["content-type"]).includes("xml");
  const bytes = isXml ? Buffer.from(turnedTags(String(body), turned)) : body;
  if (isXml) {
    delete head["transfer-encoding"];
    head["content-length"] = String(bytes.length);
  }

  return { head, bytes };
}

function turnedTags(xml: string, turned: (text: string) => string): string {
  return xml.replace(/<ETag>.*?<\/ETag>/g, (tag) => turned(tag));
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);

  return Buffer.concat(parts);
}
