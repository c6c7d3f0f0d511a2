/** The rows of sagas: what a person wants to know of each. */
import { assert, describe, it } from "@effect/vitest"
import type { Saga } from "@eventfold/decider"
import { ProjectionSpec } from "@eventfold/testing"
import { DateTime } from "effect"
import { SagaRows } from "../src/index.ts"

const at = (seconds: number) => DateTime.makeUnsafe(seconds * 1000)
const begun = (seconds: number, attempt: number): Saga.SagaEvent => ({
  _tag: "StepBegun",
  occurredAt: at(seconds),
  step: "pay",
  attempt,
  round: 0,
  commandId: "0f1d2c3b-0000-5000-8000-000000000001",
  deadline: at(seconds + 30)
})
const started: Saga.SagaEvent = {
  _tag: "SagaStarted",
  occurredAt: at(1),
  sagaId: "order-1",
  tenant: ProjectionSpec.tenant,
  saga: "order-fulfilment",
  version: 1,
  input: {}
}

const rowAfter = (events: ReadonlyArray<Saga.SagaEvent>, row: SagaRows.SagaRow) => () =>
  ProjectionSpec.given(SagaRows.projection)
    .when(ProjectionSpec.inStream("saga", "order-1", events))
    .thenRows([row])

describe("a row of a saga", () => {
  it("counts the attempts that were made, and not those at what is down", () => {
    const row = {
      sagaId: "order-1",
      saga: "order-fulfilment",
      version: 1,
      action: "execute",
      step: "pay",
      startedAt: at(1)
    } as const
    const failed: Saga.SagaEvent = {
      _tag: "StepFailed",
      occurredAt: at(2),
      step: "pay",
      attempt: 1,
      error: "no answer",
      retryAt: at(3)
    }
    const once = [started, begun(1, 1), failed]
    const waiting = { ...row, status: "waiting", changedAt: at(2), dueAt: at(3), error: "no answer" } as const
    assert.doesNotThrow(rowAfter(once, { ...waiting, attempt: 1 }))
    const twice = [...once, begun(3, 2)]
    const trying = {
      ...row,
      status: "active",
      attempt: 2,
      changedAt: at(3),
      dueAt: at(33),
      error: "no answer"
    } as const
    assert.doesNotThrow(rowAfter(twice, trying))
    const postponed: Saga.SagaEvent = {
      _tag: "StepPostponed",
      occurredAt: at(3),
      step: "pay",
      until: at(60),
      reason: "the breaker is open"
    }
    const later = { ...waiting, attempt: 1, changedAt: at(3), dueAt: at(60), error: "the breaker is open" }
    assert.doesNotThrow(rowAfter([...twice, postponed], later))
  })
})
