/** The endpoints for accounts: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { AccountCommands } from "@eventfold/domain-accounts"
import { QueryBus } from "@eventfold/event-store"
import { AccountId } from "@eventfold/shared-kernel"
import { Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { getAccount, getBalanceHistory } from "../queries/AccountQueries.ts"
import { Settings } from "../Settings.ts"
import * as AccountProblems from "./AccountProblems.ts"
import { Api } from "./Api.ts"
import { notThen, pointOf } from "./PastQueries.ts"
import { hasVersion } from "./RequestHeaders.ts"
import { sender } from "./SentCommand.ts"

/** The endpoints for accounts, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "accounts",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const send = yield* sender(AccountProblems.ofCommand)

    return handlers.handleAll({
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
