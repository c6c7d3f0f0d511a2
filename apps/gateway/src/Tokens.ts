/**
 * Consistency tokens on their way through the gateway. A token stands for a place in the log of one service, so it says nothing to
 * another: the gateway writes on each of them whose it is, and hands it to that service only. A question to any other is asked
 * without one: what a service did, others learn from messages, and no token stands for that.
 */
import { type Hostable, hostable } from "@eventfold/orders-api"

// A character that clients take for part of a token. No token of a service begins with the name of a context: its first letter is
// that of its version.
const mark = "_"

/** A token of a service, with whose it is. */
export const marked = (context: Hostable, token: string): string => `${context}${mark}${token}`

/** A token and whose it is; one that came by another way than the gateway is nobody's in particular. */
export const read = (text: string): { readonly context: Hostable | undefined; readonly token: string } => {
  const at = text.indexOf(mark)
  const context = hostable.find((name) => name === text.slice(0, Math.max(0, at)))
  return context === undefined ? { context, token: text } : { context, token: text.slice(at + mark.length) }
}
