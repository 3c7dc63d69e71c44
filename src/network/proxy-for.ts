import { BlockList, isIP } from "node:net";
import type { ProxyVariables } from "../environment/network-settings.ts";
import { UsageError } from "../errors.ts";
import { plainUrl } from "../text/plain-url.ts";

/**
 * The proxy through which a URL is reached, null for none. `none` holds names (and all below them, with or without a
 * leading dot or `*.`), `name:port`, addresses, ranges such as `10.0.0.0/8`, or `*`; separated by commas or blanks.
 * Throws `UsageError` for a proxy's address that is none.
 */
export function proxyFor(url: URL, variables: ProxyVariables): URL | null {
  const text = url.protocol === "https:" ? variables.https : variables.http;
  if (!text || isDirect(url, variables.none ?? "")) return null;

  // `proxy:3128` is how curl writes it.
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;

  if (isUsable(full)) return new URL(full);

  const variable = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  throw new UsageError(
    `${JSON.stringify(plainUrl(full))} in ${variable} is not the address of a proxy`,
    {
      code: "proxy",
      hint: `set ${variable} to http://HOST:PORT, with a port from 1 to 65535, or unset it`,
    },
  );
}

function isUsable(text: string): boolean {
  return URL.canParse(text) && new URL(text).port !== "0";
}

function isDirect(url: URL, none: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");

  return none
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== "" && covers(entry, host, port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInRange(entry, host);

  const [, name = entry, wantedPort] = /^(.+?):(\d+)$/.exec(entry) ?? [];
  if (isIP(entry.replace(/^\[|\]$/g, "")) > 0)
    return entry.replace(/^\[|\]$/g, "") === host;
  if (wantedPort !== undefined && wantedPort !== port) return false;

  const bare = name.replace(/^\*?\./, "");

  return host === bare || host.endsWith(`.${bare}`);
}

function isInRange(range: string, host: string): boolean {
  const [network = "", bits = ""] = range.split("/");
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits))
    return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;

  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, Number(bits), type);

  return list.check(host, type);
}
