/**
 * Sends a command for a request: under the id the client chose, or a new one, with what accompanies the request. The answer
 * has headers that tell the version, the id to repeat it with, and what to show a read model that is to know of it.
 *
 * The same for every context; what a refusal becomes is told by the context's own endpoints.
 */
import type { Message } from "@eventfold/decider"
import { CommandBus, ConsistencyToken, type DispatchError, EventStore } from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpApiSchema } from "effect/http-api"
import { logOf } from "../HostingSettings.ts"
import { Settings } from "../Settings.ts"
import { CorrelationId } from "./CorrelationId.ts"
import type { CommandHeaders } from "./RequestHeaders.ts"

/** What every command answers at least. */
interface Versioned {
  readonly version: number
}

/** The part of a request that goes with every command. */
export interface CommandRequest {
  readonly headers: CommandHeaders
  readonly payload: { readonly occurredAt?: DateTime.Utc }
}

/** The way of the commands of a context to the bus; `problemOf` says what a refusal or a failure becomes. */
export const sender = Effect.fnUntraced(function* <F, Problem>(
  problemOf: (error: F | DispatchError, id: string) => Effect.Effect<never, Problem>
) {
  const commands = yield* CommandBus
  const store = yield* EventStore
  const settings = yield* Settings
  const { tenant } = settings
  const log = logOf(settings)
  /** Sends the command of a request. What it is about occurred when the request says, or now. */
  return Effect.fnUntraced(function* <P extends { readonly _tag: string }, A extends Versioned>(
    message: Message.Command<string, P, A, F>,
    { headers, payload: given }: CommandRequest,
    payload: (occurredAt: DateTime.Utc, id: string) => P
  ) {
    const id = headers["idempotency-key"] ?? SecureRandom.uuidV7Unsafe()
    const [actor, reason, expected] = [headers["x-actor"], headers["x-reason"], headers["if-match"]]
    const envelope = {
      id,
      tenant,
      payload: payload(given.occurredAt ?? (yield* DateTime.now), id),
      metadata: {
        correlationId: yield* CorrelationId,
        ...(actor === undefined ? {} : { actor }),
        ...(reason === undefined ? {} : { reason })
      },
      ...(typeof expected === "number" ? { expectedVersion: expected } : {})
    }
    const [answer, token] = yield* ConsistencyToken.collect(tenant, commands.dispatch(message, envelope)).pipe(
      Effect.provideService(EventStore, store),
      Effect.catch((error) => problemOf(error, id))
    )
    const text = ConsistencyToken.encode({ ...token, log })
    return HttpApiSchema.withHeaders({
      body: answer,
      headers: { etag: answer.version, "idempotency-key": id, "consistency-token": text }
    })
  })
})

/** The answer of a command that has made something, with the header that tells where it is. */
export const createdAt =
  <A>(locationOf: (answer: A) => string) =>
  <H extends object>({ body, headers }: { readonly body: A; readonly headers: H }) =>
    HttpApiSchema.withHeaders({ body, headers: { ...headers, location: locationOf(body) } })
