/**
 * One order, account and so on, read from its events: the answer names its version as `ETag`, and whoever has it already, by
 * `If-None-Match`, is answered 304 with nothing.
 */
import type { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { EntityTag, hasVersion } from "./RequestHeaders.ts"

/** The schemas of the answers. */
export const oneAtVersion = <Body extends Schema.Top>(body: Body) => [
  HttpApiSchema.WithHeaders(body, { etag: EntityTag }),
  HttpApiSchema.WithHeaders(HttpApiSchema.Empty(304), { etag: EntityTag })
]

/** The answer, or nothing for somebody who has it. */
export const unlessKnown = <A extends { readonly version: number }>(
  request: { readonly headers: { readonly "if-none-match"?: string } },
  body: A
) => {
  const known = request.headers["if-none-match"]
  const headers = { etag: body.version }
  return known !== undefined && hasVersion(known, body.version)
    ? HttpApiSchema.withHeaders({ body: undefined, headers })
    : HttpApiSchema.withHeaders({ body, headers })
}
