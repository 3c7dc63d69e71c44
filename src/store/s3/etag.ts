/** Amazon's words for keys of a service. */
const KMS: ReadonlySet<string> = new Set(["aws:kms", "aws:kms:dsse"]);

interface Encryption {
  ServerSideEncryption?: string | undefined;
  SSECustomerAlgorithm?: string | undefined;
}

/** An answer's ETag without quotes; "" where it has none. */
export function rawEtag({ ETag = "" }: { ETag?: string | undefined }): string {
  return ETag.replaceAll('"', "");
}

/** Whether the server encrypts with keys of a service or of the caller: the ETag is no md5 then. */
export function isEncrypted(answer: Encryption): boolean {
  return (
    KMS.has(answer.ServerSideEncryption ?? "") ||
    answer.SSECustomerAlgorithm !== undefined
  );
}

/** Whether an ETag is the md5 of a whole object. */
export function isMd5(etag: string, answer: Encryption): boolean {
  return /^[0-9a-f]{32}$/.test(etag) && !isEncrypted(answer);
}
