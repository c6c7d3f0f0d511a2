/** The endpoints for events that could not be dealt with. */
import type { InvalidAction } from "@eventfold/event-store"
import { type DeadLetter, DeadLetterDesk, type LetterNotFound, type UnknownConsumer } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "./Api.ts"
import type { ReplayReport } from "./DeadLettersApi.ts"
import { invalidRequest } from "./Problems.ts"
import * as Problems from "./ProjectionProblems.ts"
import { actorOf } from "./RequestHeaders.ts"

/** The endpoints for events that could not be dealt with. */
export const layer = HttpApiBuilder.group(
  Api,
  "deadLetters",
  Effect.fn(function* (handlers) {
    const desk = yield* DeadLetterDesk
    const find = (consumer: string, position: number) =>
      desk
        .inspect(consumer, position)
        .pipe(Effect.catchTags({ LetterNotFound: notFound, EventStoreFailure: Problems.storeFailed }))

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query: { cursor, limit, ...which } }) {
        const after = placeOf(cursor)
        const letters = yield* desk
          .list({ ...which, ...(after === undefined ? {} : { after }), limit: limit + 1 })
          .pipe(Effect.catchTag("EventStoreFailure", Problems.storeFailed))
        const onPage = letters.slice(0, limit)
        const last = letters.length > limit ? onPage.at(-1) : undefined
        return {
          deadLetters: onPage.map(entryOf),
          ...(last === undefined ? {} : { nextCursor: `${last.position}:${last.consumer}` })
        }
      }),
      get: Effect.fnUntraced(function* ({ params: { consumer, position } }) {
        const { data, letter } = yield* find(consumer, position)
        return { ...entryOf(letter), ...(data === undefined ? {} : { data }) }
      }),
      replay: Effect.fnUntraced(function* ({ headers, params: { consumer, position }, payload: { reason } }) {
        const { letter } = yield* find(consumer, position)
        const { partition, tenant } = letter
        return yield* desk.replay({ consumer, partition: { tenant, partition }, by: actorOf(headers), reason }).pipe(
          Effect.map(reportOf),
          Effect.catchTags({
            UnknownConsumer: elsewhere,
            InvalidAction: invalid,
            EventStoreFailure: Problems.storeFailed
          })
        )
      }),
      discard: ({ headers, params: { consumer, position }, payload: { reason } }) =>
        desk.discard({ consumer, position, by: actorOf(headers), reason }).pipe(
          Effect.map(reportOf),
          Effect.catchTags({
            LetterNotFound: notFound,
            UnknownConsumer: elsewhere,
            InvalidAction: invalid,
            EventStoreFailure: Problems.storeFailed
          })
        ),
      replayAll: ({ headers, params: { consumer }, payload: { reason } }) =>
        desk.replay({ consumer, by: actorOf(headers), reason }).pipe(
          Effect.map(reportOf),
          Effect.catchTags({
            UnknownConsumer: elsewhere,
            InvalidAction: invalid,
            EventStoreFailure: Problems.storeFailed
          })
        )
    })
  })
)

/** The place of a cursor: a position, and the consumer behind it. */
const placeOf = (cursor: string | undefined) => {
  const [, position, consumer] = /^(\d{1,15}):(.+)$/u.exec(cursor ?? "") ?? []
  return position === undefined || consumer === undefined ? undefined : { position: Number(position), consumer }
}

const entryOf = ({ discarded, failure, triedAt, ...letter }: DeadLetter) => ({
  ...letter,
  state:
    discarded !== undefined
      ? ("discarded" as const)
      : failure === undefined
        ? ("waiting" as const)
        : ("failed" as const),
  ...(failure === undefined ? {} : { failure }),
  ...(triedAt === undefined ? {} : { triedAt }),
  ...(discarded === undefined ? {} : { discarded })
})

type Report = Effect.Success<ReturnType<DeadLetterDesk["Service"]["replay"]>>

const reportOf = ({ more, partitions, replayed }: Report): typeof ReplayReport.Type => ({
  replayed,
  more,
  partitions: partitions.map(({ partition, replayed, stopped }) => ({
    ...partition,
    replayed,
    ...(stopped === undefined ? {} : { stopped: { because: stopped._tag, position: stopped.position } })
  }))
})

const notFound = ({ consumer, message, position }: LetterNotFound) =>
  Effect.fail(new Problems.UnknownDeadLetter({ consumer, position, detail: message }))

const elsewhere = ({ consumer, message }: UnknownConsumer) =>
  Effect.fail(new Problems.UnknownConsumer({ consumer, detail: message }))

const invalid = ({ message }: InvalidAction) =>
  Effect.fail(invalidRequest([{ in: "body", field: "reason", rule: message }]))
