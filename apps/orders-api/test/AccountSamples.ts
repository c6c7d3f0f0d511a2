/** Accounts to try things with. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { request } from "./TestService.ts"

/** An amount in minor units. */
export const eur = (amount: number) => ({ amount, currency: "EUR" })
/** An amount in minor units. */
export const usd = (amount: number) => ({ amount, currency: "USD" })

type Money = ReturnType<typeof eur>

/** Opens an account in euros and answers its path. */
export const open = Effect.fnUntraced(function* (body: object = {}, headers: Record<string, string> = {}) {
  const answer = yield* request("POST", "/accounts", {
    body: { owner: "Ada Jansen", currency: "EUR", ...body },
    headers
  })
  return { answer, path: `/accounts/${answer.status === 201 ? answer.body.text("accountId") : "none"}` }
})

/** Pays money in. */
export const deposit = (path: string, money: Money, occurredAt?: string) =>
  request("POST", `${path}/deposits`, { body: { money, ...(occurredAt === undefined ? {} : { occurredAt }) } })

/** Pays money out. */
export const withdraw = (path: string, money: Money, occurredAt?: string) =>
  request("POST", `${path}/withdrawals`, { body: { money, ...(occurredAt === undefined ? {} : { occurredAt }) } })

/** Opens an account with these deposits in it and answers its path. */
export const accountWith = Effect.fnUntraced(function* (...deposits: ReadonlyArray<Money>) {
  const { path } = yield* open()
  for (const money of deposits) assert.strictEqual((yield* deposit(path, money)).status, 200)
  return path
})
