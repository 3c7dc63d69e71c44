import { plainUrl } from "../../text/plain-url.ts";

const API = /^(.*\/api\/v4\/projects\/[^/]+)\/*$/;

/**
 * A project's address in GitLab's API, from the address of its page or of its API, or from that of a Git remote. Null
 * where the text is none of them. A login in it is left out.
 */
export function projectApi(text: string): string | null {
  const url = asUrl(text.trim());
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;

  const clean = plainUrl(`${url.origin}${url.pathname}`);
  const [, api] = API.exec(clean) ?? [];
  if (api !== undefined) return api;

  const path = url.pathname
    .replace(/\/-\/.*$/, "")
    .replace(/^\/+|\/+$/g, "")
    .replace(/\.git$/, "");
  if (!/^[\w.-]+(\/[\w.-]+)+$/.test(path)) return null;

  return `${url.origin}/api/v4/projects/${encodeURIComponent(path)}`;
}

/** `git@host:group/project.git` and `ssh://` stand for the page of the same host. */
function asUrl(text: string): URL | null {
  const [, host, path] =
    /^(?:ssh:\/\/)?(?:[\w.-]+@)?([\w.-]+)(?::\d+\/|:|\/)(?!\/)(.+)$/.exec(
      text,
    ) ?? [];
  const isRemote = !/^https?:/.test(text);
  const address = isRemote ? `https://${host}/${path}` : text;

  return (!isRemote || host) && URL.canParse(address) ? new URL(address) : null;
}
