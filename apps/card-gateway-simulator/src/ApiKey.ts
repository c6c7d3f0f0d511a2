/** Whether a request comes from somebody the gateway knows. */
import { createHash, timingSafeEqual } from "node:crypto"
import { Redacted } from "effect"
import type { HttpServerRequest } from "effect/http"

const digest = (text: string) => createHash("sha256").update(text).digest()

/** Whether the request carries the API key; compared so that the time it takes tells nothing. */
export const isAllowed = (apiKey: Redacted.Redacted, { headers }: HttpServerRequest.HttpServerRequest): boolean =>
  timingSafeEqual(digest(headers["authorization"] ?? ""), digest(`Bearer ${Redacted.value(apiKey)}`))
