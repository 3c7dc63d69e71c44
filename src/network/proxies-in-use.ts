import type { ProxyVariables } from "../environment/network-settings.ts";
import type { ErrorCode } from "../error-codes.ts";
import { proxyFor } from "./proxy-for.ts";

const AWAY: ReadonlySet<ErrorCode> = new Set([
  ...(["gitlab-unreachable", "keyless-unreachable"] as const),
  ...(["mlflow-unreachable", "registry-unreachable"] as const),
  "store-unreachable",
]);

/**
 * What else to check where a server does not answer: the system's words for it, such as "connection refused", may be about
 * a proxy. Null for other errors, and without proxies; passwords are left out.
 */
export function proxiesInUse(
  code: ErrorCode | undefined,
  { http, https }: ProxyVariables,
): string | null {
  if (code === undefined || !AWAY.has(code)) return null;

  const set = [
    ...named("HTTP_PROXY", http, "http://server"),
    ...named("HTTPS_PROXY", https, "https://server"),
  ];
  if (set.length === 0) return null;

  return `a proxy is set, and may be what does not answer: ${set.join(", ")}; NO_PROXY names the hosts that are reached without it`;
}

function named(variable: string, text: string | null, url: string): string[] {
  const proxy = proxyFor(new URL(url), { http: text, https: text, none: null });
  return proxy ? [`${variable} (${proxy.host})`] : [];
}
