/** The rows of processes: what a person wants to know of each. */
import { assert, describe, it } from "@effect/vitest"
import { ProcessManager } from "@eventfold/decider"
import { ProjectionSpec } from "@eventfold/testing"
import { DateTime } from "effect"
import { ProcessRows } from "../src/index.ts"

const at = (seconds: number) => DateTime.makeUnsafe(seconds * 1000)
const [Started, Taken, Ignored, Issued, Timer, TimerCancelled, Ended] = ProcessManager.AnyProcessEvent.members
type Input = (typeof Taken.Type)["input"]
const taken = (seconds: number, phase: string, input: Input = { _tag: "Happened" }) =>
  Taken.make({ occurredAt: at(seconds), phase, input })
const ignored = (seconds: number, because: string, input: Input = { _tag: "Happened" }) =>
  Ignored.make({ occurredAt: at(seconds), phase: "open", because, input })
const started = Started.make({ occurredAt: at(1), manager: "parcels", managerVersion: 1 })
const timer = (timer: string, due: number) => Timer.make({ occurredAt: at(1), timer, dueAt: at(due) })

const rowAfter = (
  events: ReadonlyArray<ProcessManager.AnyProcessEvent>,
  ...rows: ReadonlyArray<ProcessRows.ProcessRow>
) =>
  ProjectionSpec.given(ProcessRows.projection)
    .when(ProjectionSpec.inStream("process-parcels", "a", events))
    .thenRows(rows)

const row: ProcessRows.ProcessRow = {
  manager: "parcels",
  process: "a",
  status: "running",
  phase: "open",
  startedAt: at(1),
  progressAt: at(1),
  commands: 0,
  ignored: 0,
  timers: []
}

describe("a row of a process", () => {
  it("tells where it stands, how many commands it sent, and which timer is due next", () => {
    const message = { key: "pay", command: "payments.Pay", payload: {} }
    const issued = Issued.make({ occurredAt: at(1), number: 1, message })
    const timers = [
      { timer: "late", dueAt: at(60) },
      { timer: "early", dueAt: at(30) }
    ]
    const waiting = { ...row, commands: 1, dueAt: at(30), timers }
    const events = [started, taken(1, "open"), issued, timer("late", 60), timer("early", 30)]
    rowAfter(events, waiting)
    const fired = taken(30, "open", { _tag: "TimerFired", timer: "early" })
    const rest = { ...row, commands: 1, progressAt: at(30), dueAt: at(60), timers: timers.slice(0, 1) }
    rowAfter([...events, fired], rest)
    const cancelled = TimerCancelled.make({ occurredAt: at(31), timer: "late" })
    rowAfter([...events, fired, cancelled], { ...row, commands: 1, progressAt: at(30) })
    const ended = Ended.make({ occurredAt: at(32), phase: "shipped" })
    const over = { ...row, commands: 1, phase: "shipped", status: "ended", endedAt: at(32) } as const
    assert.doesNotThrow(() => rowAfter([...events, ended], over))
  })

  it("tells what came at the wrong time, also before anything else", () => {
    const before = {
      ...row,
      status: "new",
      startedAt: at(5),
      progressAt: at(5),
      ignored: 1,
      ignoredBecause: "early"
    } as const
    assert.doesNotThrow(() => rowAfter([ignored(5, "early")], before))
    assert.doesNotThrow(() =>
      rowAfter([started, taken(1, "open"), ignored(2, "a"), ignored(3, "b")], {
        ...row,
        ignored: 2,
        ignoredBecause: "b"
      })
    )
  })

  it("tells since when nothing comes, until something comes", () => {
    const silent = { _tag: "ProcessStalled", since: "1970-01-01T00:00:07.000Z" }
    const events = [started, taken(1, "open"), ignored(90, "never mind", silent)]
    const stalled = { ...row, ignored: 1, ignoredBecause: "never mind" }
    assert.doesNotThrow(() => rowAfter(events, { ...stalled, stalledSince: at(7) }))
    assert.doesNotThrow(() => rowAfter([...events, taken(99, "open")], { ...stalled, progressAt: at(99) }))
  })

  it("is made of the streams of processes only", () => {
    const other = ProjectionSpec.inStream("clock", "a", [timer("early", 30)])
    assert.doesNotThrow(() => ProjectionSpec.given(ProcessRows.projection).when(other).thenRows([]))
  })
})
