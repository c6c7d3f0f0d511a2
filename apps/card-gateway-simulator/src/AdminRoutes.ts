/**
 * What those who try something against the gateway ask it: its script of trouble, and what it knows.
 *
 * `GET /admin/script`, `PUT /admin/script` (counting begins anew), `DELETE /admin/script` (no more trouble), and
 * `GET /admin/charges?reference=…`. All need the API key.
 */
import { Effect, Layer, Option, type Redacted, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { isAllowed } from "./ApiKey.ts"
import type { ChargeBook } from "./ChargeBook.ts"
import { Script } from "./Trouble.ts"
import * as Trouble from "./Trouble.ts"

/** What the routes work on. */
export interface Admin {
  readonly book: ChargeBook
  readonly apiKey: Redacted.Redacted
  readonly script: () => Script
  readonly follow: (script: Script) => void
}

const json = (body: unknown, status = 200) => HttpServerResponse.jsonUnsafe(body, { status })

/** The routes of the administration. */
export const layer = ({ apiKey, book, follow, script }: Admin) => {
  const admin = (
    method: "GET" | "PUT" | "DELETE",
    path: `/${string}`,
    act: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<HttpServerResponse.HttpServerResponse>
  ) =>
    HttpRouter.add(method, path, (request) =>
      isAllowed(apiKey, request) ? act(request) : Effect.succeed(json({ problem: "no such API key" }, 401))
    )

  return Layer.mergeAll(
    admin("GET", "/admin/script", () => Effect.sync(() => json(script()))),
    admin("PUT", "/admin/script", (request) =>
      Effect.matchEffect(Effect.flatMap(request.text, Schema.decodeUnknownEffect(Schema.fromJsonString(Script))), {
        onFailure: ({ message }) => Effect.succeed(json({ problem: message }, 400)),
        onSuccess: (next) =>
          Effect.sync(() => {
            follow(next)
            return json(next)
          })
      })
    ),
    admin("DELETE", "/admin/script", () =>
      Effect.sync(() => {
        follow(Trouble.none)
        return json(Trouble.none)
      })
    ),
    admin("GET", "/admin/charges", (request) =>
      Effect.sync(() => {
        const reference = Option.getOrUndefined(HttpServerRequest.toURL(request))?.searchParams.get("reference") ?? ""
        return json({ charges: reference === "" ? book.all() : book.find(reference) })
      })
    )
  )
}
