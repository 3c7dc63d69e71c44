import type { Dispatcher } from "undici";
import type { NetworkSettings } from "../environment/network-settings.ts";
import { readAuthorities } from "./authorities.ts";
import { proxyFor } from "./proxy-for.ts";
import { streamedFetch, streamOf } from "./streamed-fetch.ts";

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

  const make = async (proxy: URL | null): Promise<Dispatcher> => {
    const ca = await authorities();
    const { makeDispatcher } = await import("./undici-way.ts");
    return makeDispatcher(proxy, ca);
  };

  const through = (proxy: URL | null): Promise<Dispatcher> => {
    const key = proxy?.href ?? "";
    const made = dispatchers.get(key) ?? make(proxy);
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
      const body = streamOf(init);
      if (init && body)
        return streamedFetch(
          ...([url, init, body] as const),
          proxy || own ? await through(proxy) : null,
        );
      if (!proxy && !own) return fetch(input, init);

      const { fetchBy } = await import("./undici-way.ts");

      return fetchBy(await through(proxy), url, init);
    },
  };
}
