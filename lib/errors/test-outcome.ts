import { isApiError } from './api-error'

/** How a call ended: "done", or status and text of its refusal. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'done'
  } catch (error) {
    if (isApiError(error)) return `${error.status} ${error.message}`
    throw error
  }
}
