import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What GitLab's trigger API was asked for. */
export interface Trigger {
  /** Of the path, or of the body. */
  ref: string;
  token: string;
  /** Of the body. */
  variables: Record<string, string>;
  /** As it came. */
  body: string;
}

/** GitLab's trigger API as documented, as far as an action uses it. */
export interface TriggerStandIn {
  /** `http://127.0.0.1:PORT/api/v4/projects/10`. */
  projectApi: string;
  /** All that were asked for, also those that were refused. */
  triggers: Trigger[];
  /** Pipelines that were made. */
  pipelines: Trigger[];
  /** Git branches of the project. */
  branches: Set<string>;
  token: string;
  /** Status that every call gets, whatever its token. */
  refuses: number | null;
  close(): Promise<void>;
}

export async function startTriggerStandIn(): Promise<TriggerStandIn> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const url = new URL(request.url ?? "", "http://stand-in");
      const [status, body] = answer(at, url, Buffer.concat(parts).toString());
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    })();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const at: TriggerStandIn = {
    projectApi: `http://127.0.0.1:${port}/api/v4/projects/10`,
    ...{ triggers: [], pipelines: [], branches: new Set(["main"]) },
    token: "glptt-0123456789abcdef",
    refuses: null,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };

  return at;
}

function answer(
  at: TriggerStandIn,
  { pathname, searchParams }: URL,
  body: string,
): [number, unknown] {
  const ofPath =
    /^\/api\/v4\/projects\/10(?:\/ref\/([^/]+))?\/trigger\/pipeline$/.exec(
      pathname,
    );
  if (!ofPath) return [404, { error: "404 Not Found" }];

  const sent = JSON.parse(body) as Partial<Trigger>;
  const trigger: Trigger = {
    ref: decodeURIComponent(ofPath[1] ?? sent.ref ?? ""),
    token: sent.token ?? searchParams.get("token") ?? "",
    variables: sent.variables ?? {},
    body,
  };
  at.triggers.push(trigger);

  if (at.refuses !== null) return [at.refuses, { message: "refused" }];
  if (trigger.token !== at.token) return [404, { message: "404 Not Found" }];
  if (!at.branches.has(trigger.ref))
    return [400, { message: { base: ["Reference not found"] } }];

  at.pipelines.push(trigger);
  const id = at.pipelines.length;

  return [201, { id, web_url: `https://gitlab.example.com/p/${id}` }];
}
