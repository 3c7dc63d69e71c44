import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A company's authority, and a server's certificate by it for localhost and 127.0.0.1. */
export interface Certificates {
  /** File with the authority's certificate. */
  ca: string;
  key: Buffer;
  cert: Buffer;
}

export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name);
  const openssl = (...words: string[]) =>
    execFileSync("openssl", words, { stdio: "pipe" });
  writeFileSync(
    at("names.cnf"),
    "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
  );
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  openssl(
    ...["req", "-x509", ...ec, "-nodes", "-days", "2"],
    ...["-keyout", at("ca.key"), "-out", at("ca.pem")],
    ...["-subj", "/CN=Company CA"],
  );
  openssl(
    ...["req", ...ec, "-nodes", "-keyout", at("srv.key")],
    ...["-out", at("srv.csr"), "-subj", "/CN=localhost"],
  );
  openssl(
    ...["x509", "-req", "-in", at("srv.csr"), "-days", "2"],
    ...["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"],
    ...["-extfile", at("names.cnf"), "-out", at("srv.pem")],
  );
  return {
    ca: at("ca.pem"),
    key: readFileSync(at("srv.key")),
    cert: readFileSync(at("srv.pem")),
  };
}
