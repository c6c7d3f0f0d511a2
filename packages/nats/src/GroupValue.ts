/**
 * What a consumer group has not done with, as a value that is stored: the messages that were handed to it, in lines by key. Of each line
 * only the first can be delivered, so those behind it are kept as no more than their places.
 *
 * The text is JSON with differences in place of numbers, and deflated when it is long: 10,000 messages behind one another are
 * some hundred bytes.
 */
import type { GroupOptions } from "@eventfold/messaging"
import { Schema } from "effect"
import { deflateRawSync, inflateRawSync } from "node:zlib"
import type { Place } from "./TopicLog.ts"

/** How the first message of a line stands. */
export type HeadState = "ready" | "delayed" | "held" | "dead"

/** The first message of a line. */
export interface Head extends Place {
  state: HeadState
  /** Until when it is delayed or held, or since when it is dead. */
  at: number
  attempts: number
  receipt: number
  /** Dead because its time was up so often. */
  late: boolean
}

/** The messages of a key that were handed to a group. */
export interface Line {
  readonly key: string
  head: Head
  queued: Array<Place>
}

/** Everything there is to know of a group. */
export interface GroupValue {
  readonly options: Pick<Required<GroupOptions>, "maxDeliveries" | "maxInFlight">
  /** Messages up to here were handed to it, but for those that are kept. */
  readonly reached: Place
  /** Messages before that place which are to be handed to it first: those that had not been removed when it began. */
  readonly kept: ReadonlyArray<Place>
  readonly lines: ReadonlyArray<Line>
}

const Numbers = Schema.Array(Schema.Number)
const states: ReadonlyArray<HeadState> = ["ready", "delayed", "held", "dead"]
const Stored = Schema.Struct({
  /** The most deliveries, the most in flight, the place that was reached. */
  group: Schema.Tuple([Schema.Number, Schema.Number, Schema.Number, Schema.Number]),
  kept: Numbers,
  /** Key, state, position, sequence, time, attempts, receipt, late, and the places behind it. */
  lines: Schema.Array(Schema.Tuple([Schema.String, Numbers, Numbers]))
})
const decodeStored = Schema.decodeUnknownSync(Stored)

/** Places as differences, position and sequence by turns. */
export const differences = (places: ReadonlyArray<Place>): ReadonlyArray<number> => {
  const numbers: Array<number> = []
  let [before, at] = [0, 0]
  for (const { position, sequence } of places) {
    numbers.push(position - before, sequence - at)
    ;[before, at] = [position, sequence]
  }
  return numbers
}

/** Places from differences. */
export const placesOf = (numbers: ReadonlyArray<number>): Array<Place> => {
  const places: Array<Place> = []
  let [position, sequence] = [0, 0]
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    position += numbers[index] ?? 0
    sequence += numbers[index + 1] ?? 0
    places.push({ position, sequence })
  }
  return places
}

/** Longer texts are deflated. */
const longestPlain = 4096

/** Text as bytes, deflated when it is long. JSON never begins with the byte that says so. */
export const toBytes = (text: string): Uint8Array =>
  text.length <= longestPlain
    ? Buffer.from(text)
    : Buffer.concat([Buffer.from([0]), deflateRawSync(text, { level: 1 })])

/** The text again. */
export const fromBytes = (bytes: Uint8Array): string => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return all[0] === 0 ? inflateRawSync(all.subarray(1)).toString() : all.toString()
}

/** What is left of a group when its topic ends at a place: what was behind it does not exist any more. */
export const upTo = ({ kept, lines, options, reached }: GroupValue, end: Place): GroupValue => {
  const isThere = ({ position }: Place) => position <= end.position
  return {
    options,
    reached: isThere(reached) ? reached : end,
    kept: kept.filter(isThere),
    lines: lines.flatMap(({ head, key, queued }) =>
      isThere(head) ? [{ key, head, queued: queued.filter(isThere) }] : []
    )
  }
}

/** A group as bytes. */
export const encode = ({ kept, lines, options, reached }: GroupValue): Uint8Array => {
  const stored: typeof Stored.Type = {
    group: [options.maxDeliveries, options.maxInFlight, reached.position, reached.sequence],
    kept: differences(kept),
    lines: lines.map(({ head: { at, attempts, late, position, receipt, sequence, state }, key, queued }) => [
      key,
      [states.indexOf(state), position, sequence, at, attempts, receipt, late ? 1 : 0],
      differences(queued)
    ])
  }
  return toBytes(JSON.stringify(stored))
}

/**
 * A group from bytes.
 *
 * @throws SchemaError or SyntaxError when they are none.
 */
export const decode = (bytes: Uint8Array): GroupValue => {
  const { group, kept, lines } = decodeStored(JSON.parse(fromBytes(bytes)))
  const [maxDeliveries, maxInFlight, position, sequence] = group
  return {
    options: { maxDeliveries, maxInFlight },
    reached: { position, sequence },
    kept: placesOf(kept),
    lines: lines.map(
      ([key, [state = 0, position = 0, sequence = 0, at = 0, attempts = 0, receipt = 0, late], queued]) => ({
        key,
        head: { position, sequence, state: states[state] ?? "ready", at, attempts, receipt, late: late === 1 },
        queued: placesOf(queued)
      })
    )
  }
}
