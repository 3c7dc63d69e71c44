import { plainLine } from "../../text/plain-text.ts";
import { Blocked, Refusal } from "./errors.ts";

/** An answer as it came. */
export interface RawAnswer {
  status: number;
  location: string | null;
  /** A web page: lakeFS answers its clients with JSON or XML. */
  isPage: boolean;
  text(): Promise<string>;
}

/**
 * What stands for an answer that lakeFS did not give: a redirect, a page of a proxy, a login or a firewall. Null for one
 * of its own. A page with a server's error may be gone in a moment, and is a `Refusal` that is tried again.
 */
export async function foreignAnswer(
  answer: RawAnswer,
): Promise<Blocked | Refusal | null> {
  const { status, location, isPage } = answer;
  if (status === 407)
    return new Blocked(
      "the proxy in HTTP_PROXY requires a user and a password",
      {
        code: "proxy",
        hint: "put them into HTTP_PROXY (http://user:password@host:port), or add the server's host to NO_PROXY if it can be reached directly",
      },
    );

  if (status >= 300 && status < 400 && location !== null)
    return new Blocked(`it redirects to ${originOf(location)}`, {
      code: "redirect",
      hint: "set LAKECTL_SERVER_ENDPOINT_URL to the final address (often the same with https://)",
    });

  if (!isPage) return null;

  const page = `a web page${titleOf(await answer.text())}`;
  if (status === 429 || status >= 500)
    return new Refusal(
      status === 500 ? "broken" : "busy",
      status,
      `${page}instead of a lakeFS answer`,
    );

  return new Blocked(`it answers ${status} with ${page}`, {
    code: "not-lakefs",
    hint: "something other than lakeFS answers: a proxy, a login page, a firewall, or a web server at another path: set the address to the root of the lakeFS server for programs (LAKECTL_SERVER_ENDPOINT_URL, for S3 the input s3-endpoint)",
  });
}

/** Where it leads, without what else the address may hold. */
function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : "another path";
}

function titleOf(html: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1] ?? "";
  const line = plainLine(title, 80);
  return line ? ` titled “${line}”` : "";
}
