import { createHash } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type FakeModelRegistry,
  fakeModelRegistry,
} from "./fake-model-registry.ts";
import {
  badUpload,
  type FakeFile,
  type FakePackage,
  shownFile,
} from "./package-files.ts";
import { type Answer, page, send } from "./paged-answer.ts";

export const PACKAGE_JOB_TOKEN = "glcbt-job-token";
export const PACKAGE_TOKEN = "glpat-project-token";

/** An answer instead of the right one, once. */
export interface PackageFault {
  status: number;
  body?: unknown;
  /** Cuts the connection after the request has had its effect. */
  cut?: boolean;
}

/** GitLab's generic packages and its packages API, as documented, of the project 10 (`vision/models`). */
export interface FakePackages {
  api: string;
  packages: FakePackage[];
  /** Of the same project. */
  models: FakeModelRegistry;
  /** `GET /packages?…`, below the project. */
  calls: string[];
  /** For calls that start with the key, in order. */
  faults: Map<string, PackageFault[]>;
  /** Bytes of the largest file. */
  limit: number;
  /** The group's setting "Allow duplicates". */
  duplicates: boolean;
  /** Files lie in an object store, and GitLab redirects to it. */
  objectStore: boolean;
  /** Headers that reached the object store. */
  storeHeaders: IncomingMessage["headers"][];
  /** Files whose next upload arrives with other bytes. */
  corrupt: Set<string>;
  /** Whether the job token of another project is in the allowlist. */
  allowlisted: boolean;
  /** Less than `per_page` asks for. */
  pageSize: number;
  /** Milliseconds that a transaction takes: two at once can race to make a package. */
  transactionMs: number;
  close(): Promise<void>;
}

export async function startFakePackages(): Promise<FakePackages> {
  const making = new Set<string>();
  let ids = 100;
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakePackages = {
    api: `${origin}/gitlab/api/v4`,
    ...{ packages: [], calls: [], faults: new Map(), storeHeaders: [] },
    ...{ limit: 5 * 2 ** 30, pageSize: 100, transactionMs: 0 },
    ...{ corrupt: new Set(), models: fakeModelRegistry() },
    ...{ duplicates: true, objectStore: false, allowlisted: false },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? "", origin);
    if (url.pathname.startsWith("/objects/")) {
      fake.storeHeaders.push(request.headers);
      return send(response, [200, fileOf(Number(url.pathname.slice(9)))]);
    }
    const [, project = "", path = ""] =
      /^\/gitlab\/api\/v4\/projects\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
    const call = `${request.method} ${path}${url.search}`;
    fake.calls.push(call);
    const fault = [...fake.faults]
      .find(([start]) => call.startsWith(start))?.[1]
      .shift();
    if (fault && !fault.cut)
      return send(response, [fault.status, fault.body ?? null]);
    const method = String(request.method);
    const bytes = Buffer.concat(parts);
    const result =
      fake.models.answer({ method, path, url, bytes, serve, request }) ??
      refusal(request, decodeURIComponent(project)) ??
      (await handle(method, path, url, bytes));
    if (fault) return request.socket.destroy();
    send(response, result);
  }

  function refusal(request: IncomingMessage, project: string): Answer | null {
    const job = request.headers["job-token"] === PACKAGE_JOB_TOKEN;
    if (!job && request.headers["private-token"] !== PACKAGE_TOKEN)
      return [401, { message: "401 Unauthorized" }];
    if (!["10", "vision/models", "vision/other"].includes(project))
      return [404, { message: "404 Project Not Found" }];
    if (job && project === "vision/other" && !fake.allowlisted)
      return [404, { message: "404 Project Not Found" }];
    return null;
  }

  async function handle(
    method: string,
    path: string,
    url: URL,
    bytes: Buffer,
  ): Promise<Answer> {
    if (method === "GET" && path === "/packages") return listed(url);
    const [, id] = /^\/packages\/(\d+)\/package_files$/.exec(path) ?? [];
    if (method === "GET" && id) return filesOf(Number(id), url);
    const [, name = "", version = "", file] =
      /^\/packages\/generic\/([^/]+)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (!file) return [404, { error: "404 Not Found" }];
    const at = { name: decodeURIComponent(name), version };
    const stored = file.split("/").map(decodeURIComponent).join("%2F");
    return method === "GET"
      ? download(at, stored)
      : upload(at, stored, url, bytes);
  }

  function filesOf(id: number, url: URL): Answer {
    const found = fake.packages.find((each) => each.id === id);
    return found
      ? page(url, found.files.map(shownFile), fake.pageSize)
      : [404, { message: "404 Not found" }];
  }

  function listed(url: URL): Answer {
    const asked = url.searchParams.get("package_name") ?? "";
    const type = url.searchParams.get("package_type");
    const found = fake.packages.filter(
      ({ name }) => name.includes(asked) && (type ?? "generic") === "generic",
    );
    return page(
      url,
      found.map(({ id, name, version }) => ({
        ...{ id, name, version, package_type: "generic", status: "default" },
      })),
      fake.pageSize,
    );
  }

  function download(
    at: { name: string; version: string },
    file: string,
  ): Answer {
    const found = find(at)?.files.findLast(({ name }) => name === file);
    return found ? serve(found) : [404, { message: "404 Not found" }];
  }

  function serve({ id, bytes }: FakeFile): Answer {
    return fake.objectStore
      ? [302, null, { location: `${origin}/objects/${id}` }]
      : [200, bytes];
  }

  async function upload(
    at: { name: string; version: string },
    file: string,
    url: URL,
    sent: Buffer,
  ): Promise<Answer> {
    const found = find(at);
    const bytes = fake.corrupt.delete(file) ? Buffer.from("other") : sent;
    const key = `${at.name}/${at.version}`;
    const place = { found, isMade: making.has(key), ...fake };
    const refused = badUpload(at, file, bytes, place);
    if (refused) return refused;
    // The number is taken at the beginning, and seen at the end of the transaction.
    if (!found) making.add(key);
    const into = found ?? { id: ++ids, ...at, files: [] };
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const added = { id: ++ids, name: file, bytes, sha256 };
    if (fake.transactionMs > 0)
      await sleep(fake.transactionMs * (1 + (ids % 3)));
    into.files.push(added);
    if (!found) fake.packages.push(into);
    making.delete(key);
    return url.searchParams.get("select") === "package_file"
      ? [201, { ...shownFile(added), package_id: into.id }]
      : [201, { message: "201 Created" }];
  }

  function find({ name, version }: { name: string; version: string }) {
    return fake.packages.find(
      (each) => each.name === name && each.version === version,
    );
  }

  function fileOf(id: number) {
    const all = [...fake.packages, ...fake.models.versions];
    const files = all.flatMap((each) => each.files);
    return files.find((each) => each.id === id)?.bytes;
  }

  return fake;
}
