/** Why a connection fails, where no further try can help. */
export interface PermanentFailure {
  code: "certificate" | "endpoint" | "proxy" | "not-tls";
  says: string;
  /** What to do next. */
  hint: string;
}

const UNKNOWN_AUTHORITY = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_UNTRUSTED",
  "INVALID_CA",
]);
const WRONG_TIME = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
const WRONG_NAME = new Set([
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "UND_ERR_PRX_TLS",
]);
const NOT_TLS = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
]);

/** What a failed request means for good; null where another try may help. */
export function permanentFailure(error: unknown): PermanentFailure | null {
  for (const { code, message } of causesOf(error)) {
    if (UNKNOWN_AUTHORITY.has(code))
      return {
        code: "certificate",
        says: `its certificate was issued by a certificate authority that this machine does not trust (${code})`,
        hint: "set NODE_EXTRA_CA_CERTS or MODEL_TO_EDGE_CA_FILE (input ca-file) to a file with the authority's certificate (PEM), such as a CI/CD variable of type file",
      };
    if (WRONG_TIME.has(code))
      return {
        code: "certificate",
        says: `its certificate is not valid now (${code})`,
        hint: "renew the server's certificate, or set this machine's clock",
      };
    if (WRONG_NAME.has(code))
      return {
        code: "certificate",
        says: `its certificate is for a different host name (${code})`,
        hint: "use the host name in the certificate as the server's address, or install a certificate for this host name",
      };
    if (NOT_TLS.has(code))
      return {
        code: "not-tls",
        says: "the server does not use TLS on this port",
        hint: "check the address: should it be http:// instead of https://, or another port?",
      };

    if (message === BAD_PORT)
      return {
        code: "endpoint",
        says: "requests to its port are not allowed: the Fetch standard blocks it as one of another protocol (bad port)",
        hint: "correct the port in the server's address, or let the server listen on another port",
      };

    const status = proxyStatus(message);
    if (status !== null && status < 500)
      return {
        code: "proxy",
        says: `the proxy of HTTP_PROXY or HTTPS_PROXY refuses to connect (${status})`,
        hint: "let the proxy allow this host and port, put a user and password into the variable if the proxy needs them (http://user:password@host:port), or add the host to NO_PROXY if it can be reached directly",
      };
  }

  return null;
}

/** undici gives neither this a code, which is said before anything is sent, … */
const BAD_PORT = "bad port";

/** … nor a proxy's refusal. */
const PROXY_REFUSAL = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;

function proxyStatus(message: string): number | null {
  const status = PROXY_REFUSAL.exec(message)?.[1];
  return status === undefined ? null : Number(status);
}

/** An error and what it wraps; with several addresses of a host, one for each. */
export function causesOf(error: unknown): { code: string; message: string }[] {
  const found: { code: string; message: string }[] = [];
  let open = [error];

  for (let depth = 0; depth < 5 && open.length > 0; depth++) {
    const next: unknown[] = [];
    for (const each of open) {
      if (!(each instanceof Error)) continue;

      const { code, cause, errors } = each as Error & {
        code?: unknown;
        errors?: unknown;
      };
      found.push({ code: String(code ?? ""), message: each.message });
      next.push(cause, ...(Array.isArray(errors) ? errors : []));
    }
    open = next;
  }

  return found;
}
