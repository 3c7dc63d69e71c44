/** A link on the job's page. */
export interface Annotation {
  label: string;
  url: string | null;
}

const MOST = 20;

/** GitLab's annotations report, JSON: links that need no token. Those without an address of the web are left out. */
export function renderAnnotations(links: readonly Annotation[]): string {
  const found = links
    .filter(({ url }) => url !== null && /^https?:\/\/\S+$/.test(url))
    .slice(0, MOST)
    .map(({ label, url }) => ({ external_link: { label, url } }));
  return `${JSON.stringify(found.length > 0 ? { "model-to-edge": found } : {}, null, 2)}\n`;
}
