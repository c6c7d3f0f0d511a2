/**
 * Requests that read models answer: how they say what must be in the answer, and how the answer says whether it is new.
 *
 * Every command answers a `Consistency-Token`. A request that carries it is answered once its read models have seen what
 * the command did, within `wait` milliseconds, or with 503. Without a token the answer comes at once. In either case
 * `Up-To-Date` says whether there was more in the store when it was asked.
 */
import type { Message } from "@eventfold/decider"
import { ConsistencyToken, type QueryFailure, QueryBus, type UnknownMessage } from "@eventfold/event-store"
import { ConsistencyDemand, Freshness } from "@eventfold/subscriptions"
import { Effect, Result, Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import * as Pages from "../queries/Pages.ts"
import { logOf } from "../HostingSettings.ts"
import { Settings, type SettingsShape } from "../Settings.ts"
import { ofPage } from "./CommandProblems.ts"
import { pageSize } from "./PageSize.ts"
import * as Problems from "./Problems.ts"
import { QueryHeaders } from "./RequestHeaders.ts"
import { wholeNumber } from "./WholeNumber.ts"

const waitRule = { message: "must be a whole number of milliseconds from 0 to 5000" }

/** The query parameters of every request that read models answer. */
export const readFields = {
  wait: Schema.optionalKey(wholeNumber(waitRule, 0, 5000))
}

const tokenRule = { message: "must be a consistency token, as a command has answered it" }

/** The headers of a request that read models answer. */
export const ReadHeaders = Schema.Struct({
  ...QueryHeaders.fields,
  "consistency-token": Schema.optionalKey(
    Schema.String.annotate(tokenRule).check(
      Schema.isPattern(new RegExp(`^[A-Za-z0-9_-]{1,${ConsistencyToken.maxLength}}$`, "u"), tokenRule)
    )
  )
})

/** An answer of read models, with the header that says whether it is up to date. */
export const fresh = <Body extends Schema.Top>(body: Body) =>
  HttpApiSchema.WithHeaders(body, { "up-to-date": Schema.Literals(["true", "false"]) })

const cursorRule = { message: "must be the nextCursor of an earlier answer" }

/** The query parameters of every request for a page of a read model. */
export const pageQuery = {
  ...readFields,
  limit: pageSize(Pages.largestPage, 20),
  cursor: Schema.optionalKey(
    Schema.String.annotate(cursorRule).check(Schema.isPattern(/^[A-Za-z0-9_-]{1,4096}$/u, cursorRule))
  )
}

/** What every page says besides its rows. */
export const pageFields = {
  /** How many there are on all pages together. */
  total: Schema.Int,
  /** Put it into `cursor` for the next page; absent on the last one. */
  nextCursor: Schema.optionalKey(Schema.String),
  /** Whether everything is in it that was stored when it was asked for. */
  upToDate: Schema.Boolean
}

/** What says, in a request, what must be in the answer. */
export interface ReadRequest {
  readonly headers: typeof ReadHeaders.Type
  readonly query: { readonly wait?: number }
}

/** An answer, and whether it was up to date. */
export interface Read<A> {
  readonly answer: A
  readonly upToDate: boolean
}

/** The way of the questions of a context to the bus; `problemOf` says what a refusal or a failure becomes. */
export const reader = Effect.fnUntraced(function* () {
  const queries = yield* QueryBus
  const settings = yield* Settings
  const { tenant } = settings
  const ask = Effect.fnUntraced(function* <P extends { readonly _tag: string }, A, F, Problem>(
    { headers, query }: ReadRequest,
    message: Message.Query<string, P, A, F>,
    payload: P,
    problemOf: (error: F | UnknownMessage | QueryFailure) => Effect.Effect<never, Problem>
  ) {
    const text = headers["consistency-token"]
    const asked = Effect.catch(queries.ask(message, payload), problemOf)
    const [answer, seen] = yield* Freshness.collect(
      text === undefined ? asked : ConsistencyDemand.demand(yield* tokenOf(settings, text), query.wait)(asked)
    )
    return { answer, upToDate: seen.every(({ upToDate }) => upToDate) } satisfies Read<A>
  })
  return {
    tenant,
    ask,
    /** A page, its rows in the body that `bodyOf` makes of them. */
    page: Effect.fnUntraced(function* <P extends { readonly _tag: string }, Row, Body extends object>(
      request: ReadRequest,
      message: Message.Query<string, P, Page<Row>, Pages.Refused>,
      payload: P,
      bodyOf: (rows: ReadonlyArray<Row>) => Body
    ) {
      const page = yield* ask(request, message, payload, ofPage)
      return answered({ ...page, answer: { ...bodyOf(page.answer.rows), ...pageOf(page) } })
    })
  }
})

/** A page of rows, as queries answer it. */
interface Page<Row> {
  readonly rows: ReadonlyArray<Row>
  readonly total: number
  readonly next?: string
}

const tokenOf = (settings: SettingsShape, text: string) =>
  Effect.fromResult(
    Result.mapError(ConsistencyToken.decode(settings.tenant, text, logOf(settings)), ({ message }) =>
      Problems.invalidRequest([
        { in: "header", field: "consistency-token", rule: message.slice(message.indexOf(":") + 2) }
      ])
    )
  )

/** The answer with its header. */
export const answered = <A>({ answer, upToDate }: Read<A>) =>
  HttpApiSchema.withHeaders({
    body: answer,
    headers: { "up-to-date": upToDate ? ("true" as const) : ("false" as const) }
  })

/** What a page says besides its rows. */
const pageOf = ({ answer: { next, total }, upToDate }: Read<Omit<Page<unknown>, "rows">>) => ({
  total,
  ...(next === undefined ? {} : { nextCursor: next }),
  upToDate
})

/** What a request for a page asks for: its filters, how many rows, and after which place. */
export const questionOf = <
  Query extends { readonly cursor?: string | undefined; readonly limit: number; readonly wait?: number }
>({
  cursor,
  wait: _,
  ...question
}: Query) => ({ ...question, ...(cursor === undefined ? {} : { after: cursor }) })
