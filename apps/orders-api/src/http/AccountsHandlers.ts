/** The endpoints for accounts: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { AccountCommands } from "@eventfold/domain-accounts"
import { QueryBus } from "@eventfold/event-store"
import { AccountId } from "@eventfold/shared-kernel"
import { Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { getAccount, getBalanceHistory } from "../queries/AccountQueries.ts"
import { findAccounts, getTotalVolume, searchAccounts } from "../queries/AccountReadQueries.ts"
import { Settings } from "../Settings.ts"
import * as AccountProblems from "./AccountProblems.ts"
import { Api } from "./Api.ts"
import { ofPage, ofQuery } from "./CommandProblems.ts"
import { notThen, pointOf } from "./PastQueries.ts"
import { answered as read, pageOf, placeOf, reader } from "./ReadRequests.ts"
import { hasVersion } from "./RequestHeaders.ts"
import { sender } from "./SentCommand.ts"

/** The endpoints for accounts, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "accounts",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const reads = yield* reader()
    const send = yield* sender(AccountProblems.ofCommand)

    return handlers.handleAll({
      list: Effect.fnUntraced(function* (request) {
        const { cursor, limit, wait: _, ...filter } = request.query
        const payload = { _tag: "FindAccounts", tenant, ...filter, ...placeOf({ cursor, limit }) } as const
        const page = yield* reads.ask(request, findAccounts, payload, ofPage)
        return read({ ...page, answer: { accounts: page.answer.rows, ...pageOf(page) } })
      }),
      search: Effect.fnUntraced(function* (request) {
        const { q, tag } = request.query
        const words = { ...(q === undefined ? {} : { text: q }), ...(tag === undefined ? {} : { tag }) }
        const payload = { _tag: "SearchAccounts", tenant, ...words, ...placeOf(request.query) } as const
        const page = yield* reads.ask(request, searchAccounts, payload, ofPage)
        return read({ ...page, answer: { accounts: page.answer.rows, ...pageOf(page) } })
      }),
      volume: Effect.fnUntraced(function* (request) {
        const found = yield* reads.ask(request, getTotalVolume, { _tag: "GetTotalVolume", tenant }, ofQuery)
        return read({ ...found, answer: { volumes: found.answer } })
      }),
      open: Effect.fnUntraced(function* ({ headers, payload }) {
        const sent = yield* send(AccountCommands.openAccount, headers, payload, (occurredAt, id) => ({
          ...payload,
          _tag: "OpenAccount",
          accountId: payload.accountId ?? AccountId.fromUuid(id),
          occurredAt
        }))
        const location = `/accounts/${sent.answer.accountId}`
        return HttpApiSchema.withHeaders({ body: sent.answer, headers: { ...sent.headers, location } })
      }),
      deposit: ({ headers, params, payload }) =>
        Effect.map(
          send(AccountCommands.deposit, headers, payload, (occurredAt) => ({
            _tag: "Deposit",
            accountId: params.id,
            money: payload.money,
            occurredAt
          })),
          answered
        ),
      withdraw: ({ headers, params, payload }) =>
        Effect.map(
          send(AccountCommands.withdraw, headers, payload, (occurredAt) => ({
            _tag: "Withdraw",
            accountId: params.id,
            money: payload.money,
            occurredAt
          })),
          answered
        ),
      close: ({ headers, params, payload }) =>
        Effect.map(
          send(AccountCommands.closeAccount, headers, payload, (occurredAt) => ({
            _tag: "CloseAccount",
            accountId: params.id,
            occurredAt
          })),
          answered
        ),
      get: Effect.fnUntraced(function* ({ headers: given, params, query }) {
        const account = yield* queries
          .ask(getAccount, { _tag: "GetAccount", tenant, accountId: params.id, ...pointOf(query) })
          .pipe(
            Effect.catch(AccountProblems.ofQuery),
            Effect.mapError((problem) =>
              problem._tag === "UnknownAccount"
                ? new AccountProblems.UnknownAccount({ accountId: params.id, detail: notThen(query, problem.detail) })
                : problem
            )
          )
        const known = given["if-none-match"]
        const headers = { etag: account.version }
        return known !== undefined && hasVersion(known, account.version)
          ? HttpApiSchema.withHeaders({ body: undefined, headers })
          : HttpApiSchema.withHeaders({ body: account, headers })
      }),
      history: Effect.fnUntraced(function* ({ params, query: { cursor, ...query } }) {
        const { next, ...page } = yield* queries
          .ask(getBalanceHistory, {
            _tag: "GetBalanceHistory",
            tenant,
            accountId: params.id,
            ...query,
            ...(cursor === undefined ? {} : { after: cursor })
          })
          .pipe(Effect.catch(AccountProblems.ofQuery))
        return { ...page, ...(next === undefined ? {} : { nextCursor: next }) }
      })
    })
  })
)

const answered = <A, H extends object>({ answer, headers }: { readonly answer: A; readonly headers: H }) =>
  HttpApiSchema.withHeaders({ body: answer, headers })
