/** lakeFS cuts the `-N` of a multipart ETag in some answers and keeps it in others: it is dropped everywhere. */
export function bareEtag(etag: string): string {
  return etag.replaceAll('"', "").replace(/-\d+$/, "");
}
