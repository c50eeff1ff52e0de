/**
 * The text without what stands in its URLs between `://` and the host's `@`: names and passwords, which belong in no
 * log, no answer and no task.
 */
export function redactUrls(text: string): string {
  return text.includes('@') ? text.replace(/:\/\/[^\s/?#"'<>\\]*@/g, '://***@') : text
}
