/** Many appends as one request to the database, sorted by stream, and its answers in the order of the appends. */
import { PgTypes } from "@effect/sql-pg"
import {
  type Appended,
  type AppendError,
  type PreparedAppend,
  type PreparedEvent,
  type StreamId
} from "@eventfold/event-store"
import { Exit } from "effect"
import { answer } from "./AppendAnswers.ts"
import { array, eventArrays, expectation, inOrder, streamArrays } from "./AppendParameters.ts"

/** What the function `append` answers. */
export interface ManyRow {
  /** The positions of all events; `null` when none was stored set-wise. */
  readonly places: ReadonlyArray<bigint> | null
  /** Of the requests that were done one by one; `null` when there was none, and shorter than the requests. */
  readonly outcomes: ReadonlyArray<string | null> | null
  readonly versions: ReadonlyArray<bigint | null> | null
  readonly positions: ReadonlyArray<bigint | null> | null
}

/** One request for many appends. */
export interface ManyRequest {
  /** Those of the function `append`. */
  readonly parameters: ReadonlyArray<unknown>
  /** The events in the order of the parameters. */
  readonly events: ReadonlyArray<PreparedEvent>
  /** The stream of each event. */
  readonly streams: ReadonlyArray<StreamId.StreamId>
  /** The number, from 1, that each append has among the parameters. */
  readonly numbers: ReadonlyArray<number>
  /** An exit for each append, in the order in which they were given. */
  readonly answers: (row: ManyRow | undefined) => ReadonlyArray<Exit.Exit<Appended, AppendError>>
}

/** Puts appends together. */
export const request = (appends: ReadonlyArray<PreparedAppend>): ManyRequest => {
  const order = inOrder(appends.map(({ stream }) => stream))
  const sorted: Array<PreparedAppend> = []
  const bases: Array<bigint | null> = []
  let [creating, changing] = [0, 0]
  const last: Array<number> = []
  const numbers: Array<number> = []
  const request: Array<number> = []
  const events: Array<PreparedEvent> = []
  const streams: Array<StreamId.StreamId> = []
  let before = ""
  for (const { index, key } of order) {
    const append = appends[index]
    if (append === undefined) continue
    numbers[index] = sorted.push(append)
    const expected = expectation(append.expected)
    // Only the first of a stream takes part in what is done set-wise; the others follow it one by one. So does what
    // does not say which version it expects: its ids must be looked up first.
    const setWise = key !== before && expected >= 0n
    bases.push(setWise ? expected : null)
    if (setWise && expected === 0n) creating += 1
    if (setWise && expected > 0n) changing += 1
    before = key
    for (const event of append.events) {
      events.push(event)
      streams.push(append.stream)
      request.push(sorted.length)
    }
    last.push(events.length)
  }
  const parameters = [
    ...streamArrays(sorted.map(({ stream }) => stream)),
    array(
      sorted.map(({ expected }) => expectation(expected)),
      PgTypes.OID.int8
    ),
    array(bases, PgTypes.OID.int8),
    array(last, PgTypes.OID.int4),
    array(request, PgTypes.OID.int4),
    ...eventArrays(events),
    creating,
    changing
  ]
  const answers = (row: ManyRow | undefined) => {
    const exits: Array<Exit.Exit<Appended, AppendError>> = []
    for (const [place, append] of sorted.entries()) {
      const index = order[place]?.index ?? place
      const outcome = row?.outcomes?.[place] ?? null
      const position = row?.places?.[(last[place] ?? 0) - 1]
      exits[index] =
        outcome === null && position !== undefined
          ? Exit.succeed({ version: Number(bases[place]) + append.events.length, position: Number(position) })
          : answer(append, {
              outcome,
              version: row?.versions?.[place] ?? null,
              position: row?.positions?.[place] ?? null
            })
    }
    return exits
  }
  return { parameters, events, streams, numbers, answers }
}
