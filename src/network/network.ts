import type { Agent, Dispatcher, ProxyAgent } from "undici";
import type { NetworkSettings } from "../network-settings.ts";
import { readAuthorities } from "./authorities.ts";
import { proxyFor } from "./proxy-for.ts";

export interface Network {
  /** Node's own where no setting applies, else the same through proxy and with authorities. */
  fetch: typeof fetch;
  /** undici's way to a URL; null where no proxy stands before it. */
  proxied(url: URL): Promise<Dispatcher | null>;
  /** The trusted certificates; null for Node's own. */
  authorities(): Promise<string[] | null>;
}

/** Loads undici only where a setting needs it. */
export function makeNetwork({
  proxies,
  authorities: files,
}: NetworkSettings): Network {
  let trusted: Promise<string[] | null> | null = null;
  const dispatchers = new Map<string, Promise<Dispatcher>>();

  const authorities = () => {
    trusted ??= readAuthorities(files);
    return trusted;
  };

  const through = (proxy: URL | null): Promise<Dispatcher> => {
    const key = proxy?.href ?? "";
    const made = dispatchers.get(key) ?? makeDispatcher(proxy, authorities());
    dispatchers.set(key, made);
    return made;
  };

  return {
    authorities,
    proxied: async (url) => {
      const proxy = proxyFor(url, proxies);
      return proxy ? through(proxy) : null;
    },
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const proxy = proxyFor(url, proxies);
      const own = url.protocol === "https:" && files.length > 0;
      if (!proxy && !own) return fetch(input, init);

      const undici = await import("undici");
      const dispatcher = await through(proxy);
      // The same standard, from the same hands: only the types are two.
      const answer = await undici.fetch(url, {
        ...(init as object),
        dispatcher,
      });

      return answer as unknown as Response;
    },
  };
}

async function makeDispatcher(
  proxy: URL | null,
  authorities: Promise<string[] | null>,
): Promise<Agent | ProxyAgent> {
  const ca = await authorities;
  const tls = ca ? { ca } : {};
  const { Agent, ProxyAgent } = await import("undici");
  if (!proxy) return new Agent({ connect: tls });

  // Proxies allow tunnels to port 443 only, as a rule: plain HTTP is asked of them as such.
  return new ProxyAgent({
    uri: proxy.href,
    proxyTunnel: false,
    requestTls: tls,
    proxyTls: tls,
  });
}
