/** Pages of read models as typed queries ask for them: so many rows, from a place on, and how many there are in all. */
import { Message, type Paging, type ReadModel, Specification } from "@eventfold/decider"
import { CursorRefused, LimitRefused } from "@eventfold/decider/Paging"
import { StreamId } from "@eventfold/event-store"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect, Schema } from "effect"

/** The most rows a page holds. */
export const largestPage = 100

/** Enough for a row per currency: there are fewer of them. */
export const mostCurrencies = 1000

/** What every question for a page has: whose rows, how many, and after which place. */
export const fields = {
  tenant: StreamId.Tenant,
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: largestPage })),
  /** The `next` of a page. */
  after: Schema.optionalKey(Schema.String)
}

/** A page of rows. */
export const answer = <Row extends Schema.Top>(row: Row) =>
  Schema.Struct({
    rows: Schema.Array(row),
    /** How many rows there are on all pages together. */
    total: Schema.Int,
    /** Where the next page begins; absent on the last page. */
    next: Schema.optionalKey(Schema.String)
  })

/** Why there is no page: it names the field and the rule. */
export const Refused = Schema.Union([CursorRefused, LimitRefused, Specification.ValueRefused])
/** Why there is no page. */
export type Refused = typeof Refused.Type

/** Declares a question for a page of rows; `payload` has the {@link fields}. */
export const query = <
  const Context extends string,
  Payload extends { readonly _tag: string },
  const Tag extends string,
  Row extends Schema.Codec<unknown, unknown>
>(
  context: Context,
  payload: Message.Declaration<Context, Payload, Tag, never, never>["payload"],
  row: Row
) => Message.query({ context, payload, answer: answer(row), refusal: Refused })

/** A page of a read model, each row as `shown` shows it. */
export const of = Effect.fnUntraced(function* <Row extends object, Key extends keyof Row & string, A>(
  readModel: ReadModel.ReadModel<Row, Key>,
  { tenant, ...request }: Paging.PageRequest<Row> & { readonly tenant: string },
  shown: (row: Row) => A
) {
  const models = yield* ReadModels
  const [{ next, rows }, total] = yield* Effect.all(
    [models.find(readModel, tenant, request), models.count(readModel, tenant, request.where)],
    { concurrency: 2 }
  )
  return { rows: rows.map(shown), total, ...(next === undefined ? {} : { next }) }
})
