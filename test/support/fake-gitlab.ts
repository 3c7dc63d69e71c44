import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeNote {
  id: number;
  body: string;
  system: boolean;
  author: { id: number; username?: string };
}

/** An answer that is given instead of the real one, once. */
export interface Fault {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Cuts the connection; with `after`, when the request has already had its effect. */
  cut?: "before" | "after";
}

export interface FakeGitlab {
  /** `http://127.0.0.1:PORT/sub/api/v4`: under a sub-path, as some instances are. */
  api: string;
  notes: FakeNote[];
  /** Files of the project, by the address that its texts use. */
  uploads: Map<string, Buffer>;
  /** `GET /user` and so on, without the sub-path. */
  calls: string[];
  /** Token to user; a token that is missing gets 401. */
  users: Map<string, number>;
  /** Notes that their own author may not change. */
  locked: Set<number>;
  /** Users of role Maintainer, who may change the notes of others. */
  maintainers: Set<number>;
  /** A page holds at most this many, less than `per_page` asks for. */
  pageSize: number;
  /** What a proxy does to the paging headers. */
  paging: "both" | "foreign-link" | "no-link";
  /** For calls whose text starts with the key, in order. */
  faults: Map<string, Fault[]>;
  /** Called before a note is stored. */
  onPost: (() => void) | null;
  close(): Promise<void>;
}

const PREFIX = "/sub/api/v4";
const NOTES = /^\/projects\/10\/merge_requests\/7\/notes(?:\/(\d+))?$/;

/** Behaves like GitLab's documented API as far as notes go. */
export async function startFakeGitlab(): Promise<FakeGitlab> {
  const server = createServer(
    (request, response) => void answer(fake, request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeGitlab = {
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PREFIX}`,
    notes: [],
    uploads: new Map(),
    calls: [],
    users: new Map([["glpat-our-secret-token", 5]]),
    locked: new Set(),
    maintainers: new Set(),
    pageSize: 100,
    paging: "both",
    faults: new Map(),
    onPost: null,
    close: () => closeServer(server),
  };
  return fake;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** The server drops carriage returns, lines that are quick actions, and what is blank at the end. */
export function asStored(body: string): string {
  const lines = body.replaceAll("\r", "").split("\n");
  return lines
    .filter((line) => !/^\/[a-z_]+/i.test(line))
    .join("\n")
    .trimEnd();
}

async function answer(
  fake: FakeGitlab,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "", "http://fake");
  const path = url.pathname.slice(PREFIX.length);
  const call = `${request.method} ${path}`;
  fake.calls.push(call);
  const bytes = await bodyOf(request);
  const [key = "", faults = []] =
    [...fake.faults].find(([start]) => call.startsWith(start)) ?? [];
  const fault = faults.shift();
  if (faults.length === 0) fake.faults.delete(key);
  if (fault?.cut === "before") return void request.socket.destroy();
  if (fault && !fault.cut)
    return send(response, fault.status, fault.body ?? null, fault.headers);
  const result = url.pathname.startsWith(PREFIX)
    ? handle(fake, request, url, path, bytes)
    : { status: 404 };
  if (fault?.cut === "after") return void request.socket.destroy();
  send(response, result.status, result.body ?? null, result.headers);
}

interface Result {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

function handle(
  fake: FakeGitlab,
  request: IncomingMessage,
  url: URL,
  path: string,
  bytes: Buffer,
): Result {
  const text = bytes.toString("utf8");
  const user = fake.users.get(String(request.headers["private-token"] ?? ""));
  // A job token in this header is not a token at all.
  if (user === undefined)
    return { status: 401, body: { message: "401 Unauthorized" } };
  if (path === "/user")
    return { status: 200, body: { id: user, username: "project_10_bot" } };
  const match = NOTES.exec(path);
  if (!match) return notANote(fake, request, path, bytes);
  if (!match[1])
    return request.method === "POST" ? post(fake, user, text) : page(fake, url);
  const note = fake.notes.find(({ id }) => id === Number(match[1]));
  if (!note) return { status: 404, body: { message: "404 Note Not Found" } };
  const isOthers = note.author.id !== user && !fake.maintainers.has(user);
  if (isOthers || fake.locked.has(note.id))
    return { status: 403, body: { message: "403 Forbidden" } };
  if (request.method === "PUT") note.body = asStored(JSON.parse(text).body);
  else fake.notes.splice(fake.notes.indexOf(note), 1);
  return request.method === "PUT"
    ? { status: 200, body: note }
    : { status: 204 };
}

function post(fake: FakeGitlab, user: number, text: string): Result {
  fake.onPost?.();
  const body = asStored(JSON.parse(text).body);
  if (body.length > 1_000_000)
    return { status: 400, body: { message: { note: ["is too long"] } } };
  const note = { id: nextId(fake), body, system: false, author: { id: user } };
  fake.notes.push(note);
  return { status: 201, body: note };
}

function notANote(
  fake: FakeGitlab,
  request: IncomingMessage,
  path: string,
  bytes: Buffer,
): Result {
  return path === "/projects/10/uploads" && request.method === "POST"
    ? upload(fake, request, bytes)
    : { status: 404, body: { message: "404 Project Not Found" } };
}

/** A form with one part, the file, as `multipart/form-data`. */
function upload(
  fake: FakeGitlab,
  request: IncomingMessage,
  bytes: Buffer,
): Result {
  const type = String(request.headers["content-type"]);
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(type)?.[1];
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, end).toString("utf8");
  const name = /name="file"; filename="([^"]+)"/.exec(head)?.[1];
  if (!boundary || !head.startsWith(`--${boundary}`) || !name)
    return { status: 400, body: { error: "file is missing" } };
  const last = bytes.lastIndexOf(`\r\n--${boundary}--`);
  const secret = String(fake.uploads.size + 1).padStart(32, "0");
  const url = `/uploads/${secret}/${name}`;
  fake.uploads.set(url, bytes.subarray(end + 4, last));
  const answer = { id: fake.uploads.size, alt: name, url };
  return { status: 201, body: { ...answer, markdown: `![${name}](${url})` } };
}

export function nextId({ notes }: FakeGitlab): number {
  return Math.max(100, ...notes.map(({ id }) => id)) + 1;
}

function page({ notes, pageSize, paging }: FakeGitlab, url: URL): Result {
  const number = Number(url.searchParams.get("page") ?? 1);
  const size = Math.min(
    pageSize,
    Number(url.searchParams.get("per_page") ?? 20),
  );
  const part = notes.slice((number - 1) * size, number * size);
  const next = notes.length > number * size ? String(number + 1) : "";
  const headers: Record<string, string> = { "x-next-page": next };
  url.searchParams.set("page", next);
  const origin =
    paging === "foreign-link" ? "http://internal.invalid" : "http://fake";
  if (next && paging !== "no-link")
    headers.link = `<${origin}${url.pathname}${url.search}>; rel="next"`;
  return { status: 200, body: part, headers };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const isText = typeof body === "string";
  response.writeHead(status, {
    "content-type": isText ? "text/html" : "application/json",
    ...headers,
  });
  response.end(
    status === 204 ? undefined : isText ? body : JSON.stringify(body),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
