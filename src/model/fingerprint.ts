/** sha256 in 64 hex each. See DESIGN, "Words": what was asked, what the bytes depend on, what the verdict depends on. */
export interface Fingerprint {
  spec: string;
  exec: string;
  verdict: string;
}
