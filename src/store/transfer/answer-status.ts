/** The status of the answer that the AWS SDK made an error of; 0 where there was no answer, or the error is another's. */
export function answerStatus(error: unknown): number {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? 0;
}
