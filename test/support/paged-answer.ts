import type { ServerResponse } from "node:http";

export type Answer = [
  status: number,
  body: unknown,
  headers?: Record<string, string>,
];

/** A page of a list, with the headers that GitLab documents: 20 entries unless asked for up to 100. */
export function page(url: URL, all: unknown[], most: number): Answer {
  const number = Number(url.searchParams.get("page") ?? 1);
  const asked = Number(url.searchParams.get("per_page") ?? 20);
  const size = Math.min(asked, most, 100);
  const next = all.length > number * size ? String(number + 1) : "";
  const to = new URL(url);
  to.searchParams.set("page", next);

  return [
    200,
    all.slice((number - 1) * size, number * size),
    {
      "x-next-page": next,
      ...(next && { link: `<${to.href}>; rel="next"` }),
    },
  ];
}

/** JSON, or bytes as a file. */
export function send(
  response: ServerResponse,
  [status, body, headers]: Answer,
): void {
  const isFile = Buffer.isBuffer(body);
  response.writeHead(status, {
    "content-type": isFile ? "application/octet-stream" : "application/json",
    ...headers,
  });
  response.end(isFile ? body : JSON.stringify(body));
}
