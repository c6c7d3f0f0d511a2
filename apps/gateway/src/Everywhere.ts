/**
 * What each service has of its own, asked of all of them at once: what the gateway does with an endpoint that every program
 * serves. The same endpoint of one service is at `/services/{context}/…`.
 *
 * A list that can be put together simply is; one thing is answered by the service that knows it. What is left, lists in pages
 * and everything that changes something, is to be asked of one service: the answer names the addresses. Forgetting a person is
 * done everywhere, and has happened when every service has said so.
 */
import { Option, Schema } from "effect"

/** What is done with an endpoint of every program. */
export type Way =
  /** All say the same: one of them is asked. */
  | { readonly _tag: "Any" }
  /** One of them knows it. */
  | { readonly _tag: "Whoever" }
  /** Done by all. */
  | { readonly _tag: "All" }
  /** Put together of what all of them say; undefined when they say something else than they should. */
  | { readonly _tag: "Together"; readonly join: (answers: ReadonlyArray<unknown>) => Joined | undefined }
  /** Each has its own: one of them is to be asked. */
  | { readonly _tag: "One" }
  /** The gateway says it itself. */
  | { readonly _tag: "Gateway" }

/** An answer that was put together. */
export interface Joined {
  readonly status: number
  readonly body: Schema.Json
}

const any: Way = { _tag: "Any" }
const whoever: Way = { _tag: "Whoever" }
const one: Way = { _tag: "One" }

/** A way to put answers of a schema together. */
const together = <A>(schema: Schema.ConstraintDecoder<A>, join: (answers: ReadonlyArray<A>) => Joined): Way => {
  const decode = Schema.decodeUnknownOption(Schema.Array(schema))
  return { _tag: "Together", join: (answers) => Option.getOrUndefined(Option.map(decode(answers), join)) }
}

/** Lists, by their names, one after the other. */
const lists = together(Schema.Record(Schema.String, Schema.Array(Schema.Json)), (answers) => {
  const names = new Set(answers.flatMap((answer) => Object.keys(answer)))
  const body = Array.from(names, (name) => [name, answers.flatMap((answer) => answer[name] ?? [])] as const)
  return { status: 200, body: Object.fromEntries(body) }
})

const ready = together(Schema.Struct({ ready: Schema.Boolean, building: Schema.Array(Schema.Json) }), (answers) => {
  const isReady = answers.every((answer) => answer.ready)
  return {
    status: isReady ? 200 : 503,
    body: { ready: isReady, building: answers.flatMap(({ building }) => building) }
  }
})

const counts = ["active", "waiting", "completed", "compensated", "parked", "abandoned", "failed"]

const statistics = together(Schema.Record(Schema.String, Schema.Finite), (answers) => {
  const total = (name: string) => answers.reduce((sum, answer) => sum + (answer[name] ?? 0), 0)
  const ended = total("completed") + total("failed")
  const completionRate = ended === 0 ? 1 : total("completed") / ended
  return { status: 200, body: { ...Object.fromEntries(counts.map((name) => [name, total(name)])), completionRate } }
})

/** What every service runs for an order. That there is no such order ordering says. */
const fulfilment = together(
  Schema.Struct({ orderId: Schema.String, sagas: Schema.Array(Schema.Json), processes: Schema.Array(Schema.Json) }),
  (answers) => ({
    status: 200,
    body: {
      orderId: answers[0]?.orderId ?? "",
      sagas: answers.flatMap(({ sagas }) => sagas),
      processes: answers.flatMap(({ processes }) => processes)
    }
  })
)

/** A person is forgotten when every service has forgotten them. */
const forgotten = together(Schema.Struct({ subject: Schema.String, forgotten: Schema.Boolean }), (answers) => ({
  status: 200,
  body: { subject: answers[0]?.subject ?? "", forgotten: answers.every((answer) => answer.forgotten) }
}))

/** What is done with each endpoint that every program serves, by group and endpoint. A test holds the list to the API. */
export const ways: Readonly<Record<string, Way>> = {
  "health.health": { _tag: "Gateway" },
  "health.ready": ready,
  "contexts.list": any,
  "contexts.diagram": any,
  "contexts.get": any,
  "contexts.impact": any,
  "messages.schemas": any,
  "messages.schema": any,
  "processes.list": lists,
  "processes.diagram": whoever,
  "sagas.list": one,
  "sagas.statistics": statistics,
  "sagas.get": whoever,
  "sagas.retry": one,
  "sagas.skip": one,
  "sagas.abandon": one,
  "sagas.timers": one,
  "sagas.ofOrder": fulfilment,
  "projections.list": lists,
  "projections.get": whoever,
  "projections.rebuildAll": one,
  "projections.rebuild": one,
  "projections.stop": one,
  "projections.start": one,
  "deadLetters.list": one,
  "deadLetters.get": whoever,
  "deadLetters.replay": one,
  "deadLetters.discard": one,
  "deadLetters.replayAll": one,
  "subscribers.list": lists,
  "subscribers.letters": whoever,
  "subscribers.letter": whoever,
  "subscribers.replay": one,
  "subscribers.discard": one,
  "subscribers.replayAll": one,
  "subscribers.rewind": one,
  "subscribers.remove": one,
  "subscribers.inbox": whoever,
  "audit.list": one,
  "privacy.forget": { _tag: "All" },
  "privacy.status": forgotten
}
