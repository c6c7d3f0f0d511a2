/**
 * The endpoints of a program for other services: `POST /service/commands/{command}` and `POST /service/queries/{query}`.
 *
 * Guarantees: without the credential nothing is read and nothing told; a command or a query is handled by this program or by
 * nobody; what becomes of it is told exactly. A caller that goes away takes back what is under way; it may repeat it.
 */
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { HostedCommands } from "./HostedCommands.ts"
import { HostedQueries } from "./HostedQueries.ts"
import { ServiceApi } from "./ServiceApi.ts"
import { type CredentialOptions, layerServer } from "./ServiceCredential.ts"

const commands = HttpApiBuilder.group(ServiceApi, "serviceCommands", (handlers) =>
  Effect.gen(function* () {
    const hosted = yield* HostedCommands
    return handlers.handle("dispatch", ({ headers, params, payload }) =>
      hosted.dispatchJson(params.command, { ...payload, id: headers["idempotency-key"] })
    )
  })
)

const queries = HttpApiBuilder.group(ServiceApi, "serviceQueries", (handlers) =>
  Effect.gen(function* () {
    const hosted = yield* HostedQueries
    return handlers.handle("ask", ({ params, payload }) => hosted.askJson(params.query, payload.payload))
  })
)

/** Answers other services, on the router of the program. */
export const layer = (options: CredentialOptions) =>
  HttpApiBuilder.layer(ServiceApi).pipe(Layer.provide([commands, queries]), Layer.provide(layerServer(options)))
