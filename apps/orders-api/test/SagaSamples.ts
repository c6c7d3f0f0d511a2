/** What tests ask of sagas over HTTP while the time is theirs. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Json } from "./Json.ts"
import { read } from "./Reading.ts"
import { request } from "./TestService.ts"

/** Lets time go by until the answer is as it should be: for two minutes of it at the most. */
export const passes = Effect.fnUntraced(function* (path: string, wanted: (body: Json) => boolean) {
  for (let steps = 0; steps < 480; steps += 1) {
    const { body } = yield* request("GET", path)
    if (wanted(body)) return body
    yield* TestClock.adjust("250 millis")
  }
  return assert.fail(`${path}: ${(yield* request("GET", path)).text}`)
})

/** Lets time go by until what is at a path has a status. */
export const comesTo = (path: string, status: string) => passes(path, (body) => body.at("status") === status)

/** Has a person, Ada, do something about what is at a path. */
export const act = (path: string, what: string, body: object) =>
  request("POST", `${path}/${what}`, { body, headers: { "x-actor": "ada" } })

/** Who did what to a saga, and why. */
export const audited = Effect.fnUntraced(function* (saga: string, what: string) {
  const found = yield* read(`/audit?stream=saga/${saga.slice("/sagas/".length)}&types=${what}`)
  return found.all("entries").map((entry) => [entry.at("actor"), entry.at("reason")])
})
