/** An answer as MLflow 3.17.2 gave it. */
export interface Recorded {
  status: number;
  body: string | Buffer;
  type?: string;
}

export function ok(data: Record<string, unknown>): Recorded {
  return { status: 200, body: JSON.stringify(data, null, 2) };
}

export function refusal(word: string, message: string, status = 400): Recorded {
  return { status, body: JSON.stringify({ error_code: word, message }) };
}
