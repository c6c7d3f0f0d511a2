/** The endpoints for accounts: a request becomes a command or a query, its outcome an answer. Nothing is decided here. */
import { AccountCommands } from "@eventfold/domain-accounts"
import { QueryBus } from "@eventfold/event-store"
import { AccountId } from "@eventfold/shared-kernel"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { getAccount, getBalanceHistory } from "../queries/AccountQueries.ts"
import { findAccounts, getTotalVolume, searchAccounts } from "../queries/AccountReadQueries.ts"
import { Settings } from "../Settings.ts"
import * as AccountProblems from "./AccountProblems.ts"
import { Api } from "./Api.ts"
import { ofQuery } from "./CommandProblems.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import { notThen, pointOf } from "./PastQueries.ts"
import { answered, questionOf, reader } from "./ReadRequests.ts"
import { createdAt, sender } from "./SentCommand.ts"

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
      list: (request) =>
        reads.page(
          request,
          findAccounts,
          { _tag: "FindAccounts", tenant, ...questionOf(request.query) },
          (accounts) => ({ accounts })
        ),
      search: (request) => {
        const { q, ...query } = questionOf(request.query)
        const payload = { _tag: "SearchAccounts", tenant, ...query, ...(q === undefined ? {} : { text: q }) } as const
        return reads.page(request, searchAccounts, payload, (accounts) => ({ accounts }))
      },
      volume: Effect.fnUntraced(function* (request) {
        const found = yield* reads.ask(request, getTotalVolume, { _tag: "GetTotalVolume", tenant }, ofQuery)
        return answered({ ...found, answer: { volumes: found.answer } })
      }),
      open: (request) =>
        Effect.map(
          send(AccountCommands.openAccount, request, (occurredAt, id) => ({
            ...request.payload,
            _tag: "OpenAccount",
            accountId: request.payload.accountId ?? AccountId.fromUuid(id),
            occurredAt
          })),
          createdAt(({ accountId }) => `/accounts/${accountId}`)
        ),
      deposit: (request) =>
        send(AccountCommands.deposit, request, (occurredAt) => ({
          _tag: "Deposit",
          accountId: request.params.id,
          money: request.payload.money,
          occurredAt
        })),
      withdraw: (request) =>
        send(AccountCommands.withdraw, request, (occurredAt) => ({
          _tag: "Withdraw",
          accountId: request.params.id,
          money: request.payload.money,
          occurredAt
        })),
      close: (request) =>
        send(AccountCommands.closeAccount, request, (occurredAt) => ({
          _tag: "CloseAccount",
          accountId: request.params.id,
          occurredAt
        })),
      get: Effect.fnUntraced(function* (request) {
        const { params, query } = request
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
        return unlessKnown(request, account)
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
