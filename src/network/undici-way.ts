// The one user of undici: loaded only where a proxy or an authority asks for it. Named imports, as it is CommonJS.
import {
  Agent,
  type Dispatcher,
  ProxyAgent,
  fetch as undiciFetch,
  request as undiciRequest,
} from "undici";

/** A way to servers: through a proxy, with these authorities; null for none, and for Node's own. */
export function makeDispatcher(
  proxy: URL | null,
  ca: string[] | null,
): Dispatcher {
  const tls = ca ? { ca } : {};
  if (!proxy) return new Agent({ connect: tls });

  // Proxies allow tunnels to port 443 only, as a rule: plain HTTP is asked of them as such.
  return new ProxyAgent({
    uri: proxy.href,
    proxyTunnel: false,
    requestTls: tls,
    proxyTls: tls,
  });
}

/** As Node's own `fetch`: the same standard, from the same hands; only the types are two. */
export async function fetchBy(
  dispatcher: Dispatcher,
  url: URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const answer = await undiciFetch(url, { ...(init as object), dispatcher });
  return answer as unknown as Response;
}

export const requestBy = undiciRequest;
