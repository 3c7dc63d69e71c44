/** An answer's ETag without quotes; "" where it has none. */
export function rawEtag({ ETag = "" }: { ETag?: string | undefined }): string {
  return ETag.replaceAll('"', "");
}
